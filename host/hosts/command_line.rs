//! Command lines as people write them in options and inventories.

/// The words of a line, as a shell would part it: quotes and backslashes, and nothing else.
pub(super) fn words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' | '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next()? {
                        end if end == c => break,
                        '\\' if c == '"' => word.push(chars.next()?),
                        other => word.push(other),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(chars.next()?),
            blank if blank.is_whitespace() => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_line_is_parted_as_a_shell_does() {
        let line = r#"ssh  -o 'ProxyCommand=nc %h 22' -o "A=\"b\" c" d\ e ''"#;
        assert_eq!(words(line).unwrap(), ["ssh", "-o", "ProxyCommand=nc %h 22", "-o", "A=\"b\" c", "d e", ""]);
        assert_eq!(words("a 'b"), None);
        assert_eq!(words(" "), Some(Vec::new()));
    }
}
