//! Names of those who issue certificates and of those whose they are.

use outparse_sdk::Field;

/// The common name in `C = DE, O = "Ex, ample", CN = ex.org`, `C=DE,CN=ex.org` or `/C=DE/CN=ex.org`.
pub(crate) fn common_name(subject: Field<'_>) -> Option<Vec<u8>> {
    let is_old = subject.bytes.starts_with(b"/");
    let is_end = |byte: u8| if is_old { byte == b'/' } else { matches!(byte, b',' | b'+') };
    let (mut found, mut part) = (Vec::new(), Vec::new());
    let (mut is_quoted, mut is_escaped, mut is_reversed) = (false, false, false);
    let mut end = |part: &mut Vec<u8>| {
        let whole = std::mem::take(part);
        let at = whole.iter().position(|byte| *byte == b'=');
        if let Some((name, value)) = at.map(|at| (whole[..at].trim_ascii(), whole[at + 1..].trim_ascii()))
            && matches!(name, b"CN" | b"commonName")
        {
            found.push(value.to_vec());
        }
    };
    for (at, &byte) in subject.bytes.iter().enumerate() {
        match byte {
            b'\\' if !is_escaped && !is_old => is_escaped = true,
            b'"' if !is_escaped && !is_old => is_quoted = !is_quoted,
            byte if is_end(byte) && !is_quoted && !is_escaped && begins_part(&subject.bytes[at + 1..]) => {
                // As RFC 2253 has it, the last part is the first, and no blank parts them.
                is_reversed |= byte == b',' && subject.bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic);
                end(&mut part);
            }
            byte => {
                // `\C3\A9`: a byte in hexadecimal keeps its form.
                if is_escaped && byte.is_ascii_hexdigit() {
                    part.push(b'\\');
                }
                part.push(byte);
                is_escaped = false;
            }
        }
    }
    end(&mut part);
    if is_reversed { found.into_iter().next() } else { found.pop() }
}

/// Whether a part of a name begins here, `CN = x` or `1.2.3=x`: before version 1.1, a comma in a value was printed as it is.
fn begins_part(text: &[u8]) -> bool {
    let text = text.trim_ascii_start();
    let name = text.iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-')).count();
    name > 0 && text[name..].trim_ascii_start().starts_with(b"=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comma_in_a_value_is_no_end_of_it() {
        for (subject, name) in [("C=DE, O=B, Sons, CN=a, b c", "a, b c"), ("/O=A/B Corp/CN=a/b", "a/b"), ("CN=a\\,b,OU=x", "a,b")]
        {
            assert_eq!(common_name(Field::from(subject)), Some(name.as_bytes().to_vec()));
        }
    }
}
