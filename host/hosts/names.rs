//! What a name in a list stands for: the names of a range, and the port behind one.

use outparse::error::Error;

/// Machines that one name may stand for.
const MOST: usize = 100_000;

/// A machine and the port behind its name, `web1:2222` or `[::1]:22`. Of more colons it is an address.
pub(super) fn with_port(text: &str) -> (&str, Option<&str>) {
    let parted = text.rsplit_once(':').filter(|(name, port)| {
        let is_address = name.contains(':') && !name.contains('[');
        !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) && !name.is_empty() && !is_address
    });
    match parted {
        Some((name, port)) => (name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name), Some(port)),
        None => (text, None),
    }
}

/// A name without the quotes around it.
pub(super) fn unquoted(value: &str) -> &str {
    let within = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    within('"').or_else(|| within('\'')).unwrap_or(value)
}

/// The names that a pattern such as `web[01-20,30]` or `db[a:c]` stands for.
pub(super) fn expand(pattern: &str) -> Result<Vec<String>, Error> {
    let wrong = |why: &str| Error::Usage(format!("`{}`: {why}", pattern.escape_debug()));
    let mut names = vec![String::new()];
    let mut rest = pattern;
    while let Some((before, within, after)) = next_range(rest) {
        let mut values = Vec::new();
        for part in within.split(',') {
            values.extend(range(part).ok_or_else(|| wrong("a range goes from a number or letter to a later one"))?);
        }
        if names.len().saturating_mul(values.len()) > MOST {
            return Err(wrong("that is more than 100,000 machines"));
        }
        names = names.iter().flat_map(|name| values.iter().map(move |value| format!("{name}{before}{value}"))).collect();
        rest = after;
    }
    names.iter_mut().for_each(|name| name.push_str(rest));
    Ok(names)
}

/// What stands before a range, in it, and behind it. An address in brackets is none.
fn next_range(text: &str) -> Option<(&str, &str, &str)> {
    let open = text.find('[')?;
    let close = open + text[open..].find(']')?;
    let within = &text[open + 1..close];
    is_range(within).then(|| (&text[..open], within, &text[close + 1..]))
}

fn is_range(text: &str) -> bool {
    let is_end = |end: &str| !end.is_empty() && (end.bytes().all(|byte| byte.is_ascii_digit()) || end.len() == 1);
    let parts = || text.split(',').map(|part| part.split_once(['-', ':']));
    let alnum = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b",-:".contains(&byte));
    alnum
        && text.contains(|c: char| c.is_ascii_alphanumeric())
        && parts().any(|part| part.is_some() || text.contains(','))
        && text.split(',').zip(parts()).all(|(whole, part)| match part {
            Some((from, to)) => is_end(from) && is_end(with_step(to).0),
            None => is_end(whole),
        })
}

/// The values of one part of a range, padded as its beginning is.
fn range(text: &str) -> Option<Vec<String>> {
    let Some((from, to)) = text.split_once(['-', ':']) else { return Some(vec![text.to_owned()]) };
    let (to, step) = with_step(to);
    let step = step.parse().ok().filter(|&step: &usize| step > 0)?;
    if let (Ok(first), Ok(last)) = (from.parse::<u32>(), to.parse::<u32>()) {
        let fits = last >= first && ((last - first) as usize) < MOST;
        return fits
            .then(|| (first..=last).step_by(step).map(|number| format!("{number:0width$}", width = from.len())).collect());
    }
    let (first, last) = (from.chars().next()?, to.chars().next()?);
    (first.is_ascii_alphabetic() && last.is_ascii_alphabetic() && first <= last)
        .then(|| (first..=last).filter(char::is_ascii_alphabetic).step_by(step).map(String::from).collect())
}

/// The end of a range, and the step behind it.
fn with_step(end: &str) -> (&str, &str) {
    end.split_once(':').unwrap_or((end, "1"))
}
