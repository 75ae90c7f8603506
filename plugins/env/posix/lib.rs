//! `env` and `printenv` print `NAME=VALUE`, and values may have several lines. A line that is no assignment continues the value before
//! it, so each variable is held back until the next one begins. With `-0` a NUL ends each, and nothing is ambiguous.

use outparse_sdk::{About, Argument, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source};

/// An environment variable.
#[derive(Record)]
pub struct Variable<'a> {
    /// Its name.
    pub name: &'a [u8],
    /// Its value, lines included.
    pub value: &'a [u8],
}

/// Reads what any `env` prints.
pub struct Env {
    /// The variable being read: its assignment, and the end of its last line apart.
    held: Vec<u8>,
    held_end: Vec<u8>,
    /// Variables end with a NUL.
    nul: bool,
}

/// The largest variable that is held: more than any system allows.
const MOST: usize = 8 << 20;

impl Parser for Env {
    const ABOUT: About = About {
        name: "env-posix",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Environment variables, as any env or printenv prints them",
        commands: &["env", "printenv", "genv", "busybox env", "toybox env"],
        dialect: "posix",
        verbatim: true,
        ..About::DEFAULT
    };
    type Record = Variable<'static>;

    fn new(source: &Source) -> Self {
        let options = ["0 null", "a argv0=", "C chdir=", "P=", "S split-string=", "u unset="];
        let nul = source.read_arguments(&options).is_some_and(|arguments| arguments.contains(&Argument::Flag("0")));
        Env { held: Vec::new(), held_end: Vec::new(), nul }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if self.held.is_empty() && rows.made() == 0 {
            if assignment(line.bytes).is_none() {
                return Err(Error::Unrecognised(line.expected("`NAME=VALUE`")));
            }
            self.nul |= line.whole().find([0]).is_some();
        }
        if self.held.len() + line.bytes.len() > MOST {
            return Err(Error::malformed(format!("a variable larger than {MOST} bytes")));
        }
        if self.nul {
            return self.pieces(line, rows);
        }
        if assignment(line.bytes).is_some() {
            self.release(rows)?;
        } else {
            rows.warn_once("lines", || {
                Problem::warning(
                    "this line was taken as part of the value before it; other lines of such a value may look like variables of their own; \
                     `env -0` would settle it",
                )
            });
            self.held.append(&mut self.held_end);
        }
        self.held.extend_from_slice(line.bytes);
        self.held_end = line.end.to_vec();
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        Ok(self.release(rows)?)
    }
}

impl Env {
    /// Takes a line of which each NUL ends a variable.
    fn pieces(&mut self, line: Line<'_>, rows: &mut Rows<Variable<'static>>) -> Result<(), Error> {
        self.held.append(&mut self.held_end);
        let mut pieces = line.bytes.split(|&byte| byte == 0).peekable();
        while let Some(piece) = pieces.next() {
            self.held.extend_from_slice(piece);
            if pieces.peek().is_some()
                && let Err(problem) = self.release(rows)
            {
                rows.problem(problem);
            }
        }
        self.held_end = line.end.to_vec();
        Ok(())
    }

    /// Makes a record of the variable that is held, if there is one.
    fn release(&mut self, rows: &mut Rows<Variable<'static>>) -> Result<(), Problem> {
        let held = std::mem::take(&mut self.held);
        if held.is_empty() {
            return Ok(());
        }
        // With NULs every text before one is a variable, whatever its name.
        let any_name = || held.iter().position(|&byte| byte == b'=').filter(|_| self.nul);
        let Some(equals) = assignment(&held).or_else(any_name) else {
            return Err(Problem::error(format!("expected `NAME=VALUE`, found {}", Field::from(&held[..]).quoted())));
        };
        rows.push(Variable { name: &held[..equals], value: &held[equals + 1..] });
        Ok(())
    }
}

/// Where the `=` of an assignment is; None when the line is not one. Bash exports functions as `BASH_FUNC_name%%`.
fn assignment(line: &[u8]) -> Option<usize> {
    let equals = line.iter().position(|&byte| byte == b'=')?;
    let name = &line[..equals];
    let name = name.strip_suffix(b"%%").or(name.strip_suffix(b"()")).unwrap_or(name);
    let starts = name.first().is_some_and(|&byte| byte.is_ascii_alphabetic() || byte == b'_');
    let is_name = |&byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b':');
    (starts && name.iter().all(is_name)).then_some(equals)
}

outparse_sdk::export!(Env);

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{Parsed, assert_any_split, assert_unrecognised, parse};

    use super::Env;

    #[test]
    fn names_end_at_the_first_equals_sign() {
        let parsed = parse::<Env>(None, b"A=b=c\nEMPTY=\n_=/usr/bin/env\n");
        assert_eq!(
            parsed.records,
            [r#"{"name":"A","value":"b=c"}"#, r#"{"name":"EMPTY","value":""}"#, r#"{"name":"_","value":"/usr/bin/env"}"#]
        );
        assert_eq!(parsed.problems, [""; 0]);
    }

    #[test]
    fn values_may_have_several_lines_and_one_warning_says_so() {
        let parsed = parse::<Env>(None, b"BASH_FUNC_f%%=() {  echo x\n\n}\nB=1\n 2=3\n");
        assert_eq!(
            parsed.records,
            [r#"{"name":"BASH_FUNC_f%%","value":"() {  echo x\n\n}"}"#, r#"{"name":"B","value":"1\n 2=3"}"#]
        );
        assert_eq!(parsed.problems.len(), 1);
    }

    #[test]
    fn with_nul_any_line_may_be_part_of_a_value() {
        for command in [None, Some(&["env", "-0"][..])] {
            let parsed = parse::<Env>(command, b"A=1\0B=x\nC=y\0odd name=3\0");
            assert_eq!(
                parsed.records,
                [r#"{"name":"A","value":"1"}"#, r#"{"name":"B","value":"x\nC=y"}"#, r#"{"name":"odd name","value":"3"}"#]
            );
            assert_eq!(parsed.problems, [""; 0]);
        }
    }

    #[test]
    fn a_bad_piece_costs_that_piece_only() {
        let parsed = parse::<Env>(None, b"A=1\0odd\0B=2\0");
        assert_eq!(parsed.records.len(), 2);
        assert_eq!(parsed.problems, ["error: line 1, expected `NAME=VALUE`, found `odd`"]);
    }

    #[test]
    fn any_split_into_whole_lines_gives_the_same_records() {
        assert_any_split::<Env>(None, b"A=1\nB=x\ny\r\nC=3\r\nD=");
    }

    #[test]
    fn other_input_is_unrecognised() {
        assert_unrecognised::<Env>(["hello\n", "\n", "=x\n", "1=2\n", "a b=c\n", "/usr/bin:/bin\n"]);
        assert_eq!(parse::<Env>(None, b""), Parsed::default());
    }
}
