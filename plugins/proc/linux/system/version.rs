//! `/proc/version`: which kernel runs, and who built it.

use outparse_sdk::{About, Error, Field, Line, Parser, Record, Rows, Source};

use crate::about;

/// The kernel.
#[derive(Clone, Debug, Default, Record)]
pub struct Kernel<'a> {
    /// Release.
    pub kernel_release: &'a [u8],
    /// Who built it, and where.
    pub built_by: &'a [u8],
    /// With which compiler.
    pub compiler: Option<&'a [u8]>,
    /// Number of the build, with what the distribution adds.
    pub build: Option<&'a [u8]>,
    /// What it was built for: `SMP`, `PREEMPT`, …
    pub build_flags: Vec<&'a [u8]>,
    /// When it was built, as printed.
    pub build_date: Option<Vec<u8>>,
}

/// Reads `/proc/version`.
pub struct Version;

impl Parser for Version {
    const ABOUT: About = about!("version", "The kernel, as /proc/version has it", "/proc/version");
    type Record = Kernel<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        Version
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let expected = || line.expected("`Linux version RELEASE (WHO) (COMPILER) #BUILD …`");
        let rest = line.whole().strip_prefix("Linux version ").ok_or_else(expected)?;
        let (release, rest) = rest.split_once(" ").ok_or_else(expected)?;
        let (built_by, rest) = parenthesised(rest).ok_or_else(expected)?;
        let (compiler, rest) = match parenthesised(rest.trim_start()) {
            Some((compiler, rest)) => (Some(compiler.bytes), rest),
            None => (None, rest),
        };
        let mut kernel = Kernel { kernel_release: release.bytes, built_by: built_by.bytes, compiler, ..Kernel::default() };
        let mut date: Vec<&[u8]> = Vec::new();
        for word in rest.fields() {
            if kernel.build.is_none() && word.bytes.starts_with(b"#") {
                kernel.build = Some(word.bytes);
            } else if date.is_empty()
                && !word.is_weekday()
                && word.bytes.first() != Some(&b'@')
                && word.bytes.iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'_')
            {
                kernel.build_flags.push(word.bytes);
            } else {
                date.push(word.bytes);
            }
        }
        kernel.build_date = (!date.is_empty()).then(|| date.join(&b' '));
        rows.push(kernel);
        Ok(())
    }
}

/// What stands in the parentheses that the text begins with, others in them included.
fn parenthesised(text: Field<'_>) -> Option<(Field<'_>, Field<'_>)> {
    if text.bytes.first() != Some(&b'(') {
        return None;
    }
    let mut depth = 0;
    let end = text.bytes.iter().position(|byte| {
        depth += match byte {
            b'(' => 1,
            b')' => -1,
            _ => 0,
        };
        depth == 0
    })?;
    Some((text.part(1, end), text.split_at(end + 1).1))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, parse};

    use super::*;

    #[test]
    fn a_kernel_is_read() {
        let version = parse::<Version>(None, b"Linux version 5.8.0 (a@b) (gcc (Ubuntu 10) 10.3.0, GNU ld 2.35) #71-Ubuntu SMP PREEMPT_DYNAMIC Tue Jul 13 15:59:12 UTC 2021\n");
        assert_eq!(
            version.records,
            [
                r##"{"kernel_release":"5.8.0","built_by":"a@b","compiler":"gcc (Ubuntu 10) 10.3.0, GNU ld 2.35","build":"#71-Ubuntu","build_flags":["SMP","PREEMPT_DYNAMIC"],"build_date":"Tue Jul 13 15:59:12 UTC 2021"}"##
            ]
        );
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Version>(["hello\n", "Linux version 5\n"]);
    }
}
