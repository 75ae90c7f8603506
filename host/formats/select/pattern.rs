//! Regular expressions of `=~`: those of jq's `test`, which is what runs them.

use std::collections::HashMap;

use jaq_json::Val;

use crate::jq::Program;

/// Answers that are remembered for the texts of one batch: columns often repeat values.
const MOST_REMEMBERED: usize = 10_000;

/// A regular expression.
pub(super) struct Pattern(Program);

impl Pattern {
    /// The error says what is wrong with it.
    pub(super) fn new(pattern: &str) -> Result<Pattern, String> {
        // A JSON string is a jq string too. In it, a backslash is never alone, so it cannot begin an interpolation.
        let pattern = serde_json::to_string(pattern).map_err(|error| error.to_string())?;
        let program = Program::new("--where", &format!("test({pattern})")).map_err(|misuse| misuse.to_string())?;
        let pattern = Pattern(program);
        pattern.ask(b"")?;
        Ok(pattern)
    }

    fn ask(&self, text: &[u8]) -> Result<bool, String> {
        let text = Val::from(String::from_utf8_lossy(text).into_owned());
        Ok(matches!(self.0.run(text).next().transpose()?, Some(Val::Bool(true))))
    }

    /// The same with a memory for its answers, to be asked many times.
    pub(super) fn cache(&self) -> Cache<'_> {
        Cache { pattern: self, answers: HashMap::new() }
    }
}

/// A regular expression with the answers it has given.
pub(super) struct Cache<'a> {
    pattern: &'a Pattern,
    answers: HashMap<Vec<u8>, bool>,
}

impl Cache<'_> {
    /// Whether the expression is found in a text. Bytes that are not UTF-8 count as U+FFFD.
    pub(super) fn matches(&mut self, text: &[u8]) -> bool {
        if let Some(&answer) = self.answers.get(text) {
            return answer;
        }
        // The expression itself has been tried: only the text could be at fault, and then it does not match.
        let answer = self.pattern.ask(text).unwrap_or(false);
        if self.answers.len() < MOST_REMEMBERED {
            self.answers.insert(text.to_owned(), answer);
        }
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_found_anywhere_and_may_have_backslashes() {
        let pattern = Pattern::new(r"^/dev/\w+\d$").unwrap();
        let found = [&b"/dev/sda1"[..], b"/dev/sda", b"x/dev/sda1", b"/dev/\xff1"].map(|text| pattern.cache().matches(text));
        assert_eq!(found, [true, false, false, false]);
        assert!(Pattern::new(r"\(").unwrap().cache().matches(b"a(b"));
    }

    #[test]
    fn a_broken_pattern_is_an_error() {
        let why = Pattern::new("(").err().unwrap();
        assert!(why.contains("regex"), "{why}");
    }
}
