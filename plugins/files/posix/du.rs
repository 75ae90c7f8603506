//! `du`: a line a folder or file, `SIZE<tab>PATH`; with `--time`, a time between them.

use outparse_sdk::{About, Argument, Base, Error, Field, Line, Parser, Problem, Record, Rows, Source, Time};

/// What a folder or file takes.
#[derive(Clone, Debug, Default, Record)]
pub struct Usage<'a> {
    /// Its path; of the sum, `total`.
    #[field(key)]
    pub path: &'a [u8],
    /// Space that it takes, all below it included; with `--apparent-size` its length.
    #[field(unit = "bytes", approximate)]
    pub size: Option<i64>,
    /// Number of inodes (`--inodes`).
    pub inodes: Option<i64>,
    /// When anything below it was last changed (`--time`).
    pub modified: Option<Time<9>>,
    /// Whether it is the sum of the others (`-c`).
    pub is_total: bool,
}

/// Reads `du`.
pub struct Du {
    unit: Unit,
    /// Whether the arguments ask for a sum at the end.
    total: bool,
    known: bool,
    shaped: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Bytes(i64),
    Suffix(Base),
    Inodes,
}

const OPTIONS: &[&str] = &[
    "a all",
    "b bytes",
    "c total",
    "h human-readable",
    "H dereference-args",
    "k",
    "m",
    "g",
    "s summarize",
    "si",
    "inodes",
    "time",
    "0 null",
    "B=block-size",
    "d=max-depth",
    "t=threshold",
    "x one-file-system",
    "apparent-size",
    "L dereference",
    "P no-dereference",
    "l count-links",
    "S separate-dirs",
    "D dereference-args",
    "A",
    "X=exclude-from",
    "exclude=",
    "time-style=",
    "files0-from=",
];

impl Parser for Du {
    const ABOUT: About = About {
        name: "du",
        version: env!("CARGO_PKG_VERSION"),
        summary: "What folders and files take, as du prints it",
        commands: &["du", "busybox du", "toybox du", "gdu"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = Usage<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        let arguments = source.read_arguments(OPTIONS);
        let default = match source.platform.as_deref() {
            Some("macos" | "freebsd" | "openbsd" | "netbsd") => 512,
            _ => 1024,
        };
        let mut unit = Unit::Bytes(default);
        let mut total = false;
        for argument in arguments.iter().flatten() {
            match argument {
                Argument::Flag("b") => unit = Unit::Bytes(1),
                Argument::Flag("k") => unit = Unit::Bytes(1024),
                Argument::Flag("m") => unit = Unit::Bytes(1 << 20),
                Argument::Flag("g") => unit = Unit::Bytes(1 << 30),
                Argument::Flag("h") => unit = Unit::Suffix(Base::Binary),
                Argument::Flag("si") => unit = Unit::Suffix(Base::Decimal),
                Argument::Flag("inodes") => unit = Unit::Inodes,
                Argument::Flag("c") => total = true,
                Argument::Value("B", size) => unit = block_size(size).unwrap_or(Unit::Suffix(Base::Binary)),
                _ => {}
            }
        }
        Du { unit, total, known: arguments.is_some(), shaped: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        let (size, rest) = whole.split_once("\t").ok_or_else(|| line.expected("`SIZE<tab>PATH`"))?;
        let size = size.trim();
        let mut usage = Usage::default();
        if self.unit == Unit::Inodes {
            usage.inodes = Some(size.integer()?);
        } else {
            usage.size = Some(match (size.as_integer(), self.unit) {
                (Some(blocks), Unit::Bytes(unit)) => {
                    if !self.known {
                        rows.warn_once("unit", || Problem::warning("`du` does not print its unit: 1 KiB was taken; `-- -h` or `-- -b` after the command says what it was"));
                    }
                    blocks.saturating_mul(unit)
                }
                (Some(blocks), Unit::Suffix(_) | Unit::Inodes) => blocks,
                (None, Unit::Suffix(base)) => size.size(base)?,
                (None, _) => size.size(Base::Binary)?,
            });
        }
        let (time, path) = match rest.split_once("\t").map(|(time, path)| (time, Time::<9>::iso(time.bytes), path)) {
            Some((_, Some(time), path)) => (Some(time), path),
            // A path may have a tab.
            Some((time, None, _)) if time.bytes.iter().all(|byte| byte.is_ascii_digit() || b" -:".contains(byte)) => {
                return Err(time.expected("a time such as `2026-11-27 20:03`").into());
            }
            _ => (None, rest),
        };
        if path.bytes.is_empty() {
            return Err(line.expected("`SIZE<tab>PATH`").into());
        }
        usage.modified = time;
        usage.path = path.bytes;
        // A file may be called so, too: the sum is the last line, and only where it was asked for.
        usage.is_total = path.bytes == b"total" && (self.total || !self.known);
        if !self.shaped {
            self.shaped = true;
            let amount = if self.unit == Unit::Inodes { "inodes" } else { "size" };
            let totals = self.total || !self.known;
            rows.shape(
                ["path", amount].into_iter().chain(time.is_some().then_some("modified")).chain(totals.then_some("is_total")),
            );
        }
        rows.push(usage);
        Ok(())
    }

    fn exact(words: &[String]) -> Option<Vec<String>> {
        let counted = words.iter().any(|word| {
            word.starts_with("--inodes")
                || word == "-b"
                || word == "--bytes"
                || word.starts_with("-B")
                || word.starts_with("--block-size")
        });
        (!counted).then(|| {
            let kept = outparse_sdk::without_options(words, OPTIONS, &["h", "k", "m", "g", "si"]);
            ["-B1".to_owned()].into_iter().chain(kept).collect()
        })
    }
}

fn block_size(text: &str) -> Option<Unit> {
    let field = Field::from(text);
    let bytes = match field.as_integer() {
        Some(bytes) => bytes,
        // `M` alone is one of them.
        None => field.size(Base::Binary).or_else(|_| Field::from(format!("1{text}").as_str()).size(Base::Binary)).ok()?,
    };
    Some(Unit::Bytes(bytes))
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_unrecognised, exact, parse};

    use super::Du;

    #[test]
    fn the_arguments_say_the_unit() {
        let one = |words: &[&str], line: &str| parse::<Du>(Some(words), line.as_bytes()).records.concat();
        assert_eq!(one(&["du"], "4\ta b\n"), r#"{"path":"a b","size":4096}"#);
        assert_eq!(one(&["du", "-b"], "4\ta\n"), r#"{"path":"a","size":4}"#);
        assert_eq!(one(&["du", "-BM"], "4M\ta\n"), r#"{"path":"a","size":4194304}"#);
        assert_eq!(one(&["du", "-h"], "1.5K\ta\n"), r#"{"path":"a","size":1536}"#);
        assert_eq!(one(&["du", "-c"], "4\ttotal\n"), r#"{"path":"total","size":4096,"is_total":true}"#);
        assert_eq!(one(&["du", "--inodes"], "4\ta\n"), r#"{"path":"a","inodes":4}"#);
        assert_eq!(
            one(&["du", "--time"], "4\t2026-11-27 18:57\ta\n"),
            r#"{"path":"a","size":4096,"modified":"2026-11-27T18:57:00"}"#
        );
        assert_eq!(parse::<Du>(None, b"4\ta\n").problems.len(), 1);
        assert_eq!(exact::<Du>("-hs x"), Some("-B1 -s x".to_owned()));
        assert_unrecognised::<Du>(["hello\n", "x\ty\n", "4\t\n", "4 a\n"]);
    }
}
