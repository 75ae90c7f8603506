//! `du`: a line a folder or file, `SIZE<tab>PATH`; with `--time`, a time between them.

use outparse_sdk::{About, Argument, Base, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source, Time};

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
    /// When anything below it was last read (`--time=atime`).
    pub accessed: Option<Time<9>>,
    /// When the inode of anything below it last changed (`--time=ctime`).
    pub changed: Option<Time<9>>,
    /// Whether it is the sum of the others (`-c`).
    pub is_total: bool,
}

/// Reads `du`.
pub struct Du {
    unit: Unit,
    /// Which time stands before the path; where the arguments are not known, whatever looks like one.
    time: Option<Which>,
    /// Whether the arguments ask for a sum at the end.
    total: bool,
    known: bool,
    shaped: bool,
    /// The path before, where the last one is to be the sum.
    last: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Unit {
    Bytes(i64),
    Suffix(Base),
    Inodes,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    Modified,
    Accessed,
    Changed,
}

impl Which {
    fn field(self) -> &'static str {
        match self {
            Which::Modified => "modified",
            Which::Accessed => "accessed",
            Which::Changed => "changed",
        }
    }

    /// As `--time=WORD` calls it.
    fn named(word: &str) -> Which {
        match word {
            "atime" | "access" | "use" => Which::Accessed,
            "ctime" | "status" => Which::Changed,
            _ => Which::Modified,
        }
    }
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
    "B block-size=",
    "d max-depth=",
    "t threshold=",
    "x one-file-system",
    "apparent-size",
    "L dereference",
    "P no-dereference",
    "l count-links",
    "S separate-dirs",
    "D dereference-args",
    "A",
    "X exclude-from=",
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
        // There `-B` says what the files' sizes are rounded up to, and not what is counted.
        let is_bsd = matches!(source.platform.as_deref(), Some("macos" | "freebsd" | "openbsd" | "netbsd"));
        let default = if is_bsd { 512 } else { 1024 };
        let mut unit = Unit::Bytes(default);
        let mut total = false;
        let mut time = if arguments.is_none() { Some(Which::Modified) } else { None };
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
                Argument::Flag("time") => time = Some(Which::Modified),
                Argument::Value("time", word) => time = Some(Which::named(word)),
                Argument::Value("B", _) if is_bsd => {}
                Argument::Value("B", size) => unit = block_size(size).unwrap_or(Unit::Suffix(Base::Binary)),
                _ => {}
            }
        }
        Du { unit, time, total, known: arguments.is_some(), shaped: false, last: Vec::new() }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if whole.find([0]).is_some() {
            return Err(Error::Unrecognised(line.expected("a line for each path: `du -0` is not read, leave `-0` out")));
        }
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
        let (time, path) = match self.time {
            Some(_) => time_and_path(rest, self.known)?,
            None => (None, rest),
        };
        if path.bytes.is_empty() {
            return Err(line.expected("`SIZE<tab>PATH`").into());
        }
        let which = self.time.unwrap_or(Which::Modified);
        match which {
            Which::Modified => usage.modified = time,
            Which::Accessed => usage.accessed = time,
            Which::Changed => usage.changed = time,
        }
        usage.path = path.bytes;
        // A file may be called so, too: the sum is the last line, and only where it was asked for.
        usage.is_total = path.bytes == b"total" && (self.total || !self.known);
        if !self.shaped {
            self.shaped = true;
            let amount = if self.unit == Unit::Inodes { "inodes" } else { "size" };
            let totals = self.total || !self.known;
            rows.shape(
                ["path", amount].into_iter().chain(time.is_some().then_some(which.field())).chain(totals.then_some("is_total")),
            );
        }
        rows.push(usage);
        if self.total {
            self.last.clear();
            self.last.extend_from_slice(path.bytes);
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if self.total && rows.made() > 0 && self.last != b"total" {
            let last = String::from_utf8_lossy(&self.last).into_owned();
            rows.problem(Problem::warning(format!("`-c` prints the sum last: `{last}` may be it, in another language")));
        }
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

/// `2026-11-27 20:03<tab>PATH`. Where the arguments ask for no time, the path may look like one.
fn time_and_path(rest: Field<'_>, is_asked_for: bool) -> Result<(Option<Time<9>>, Field<'_>), Problem> {
    let expected = |time: Field<'_>| time.expected("a time such as `2026-11-27 20:03`");
    match rest.split_once("\t").map(|(time, path)| (time, Time::iso(time.bytes), path)) {
        Some((_, Some(time), path)) => Ok((Some(time), path)),
        Some((time, None, _)) if is_asked_for => Err(expected(time)),
        // A path may have a tab.
        Some((time, None, _)) if time.bytes.iter().all(|byte| byte.is_ascii_digit() || b" -:".contains(byte)) => {
            Err(expected(time))
        }
        None if is_asked_for => Err(expected(rest)),
        _ => Ok((None, rest)),
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
        assert_eq!(one(&["du", "--block-size=1M"], "4\ta\n"), r#"{"path":"a","size":4194304}"#);
        assert_eq!(one(&["du", "-d", "1", "-B", "1K", "--block", "512"], "4\ta\n"), r#"{"path":"a","size":2048}"#);
        assert_eq!(one(&["du", "-h"], "1.5K\ta\n"), r#"{"path":"a","size":1536}"#);
        assert_eq!(one(&["du", "-c"], "4\ttotal\n"), r#"{"path":"total","size":4096,"is_total":true}"#);
        let german = parse::<Du>(Some(&["du", "-c"]), "4\ta\n4\tinsgesamt\n".as_bytes());
        assert_eq!((german.records.len(), german.problems.len()), (2, 1));
        assert_eq!(one(&["du", "--inodes"], "4\ta\n"), r#"{"path":"a","inodes":4}"#);
        assert_eq!(
            one(&["du", "--time"], "4\t2026-11-27 18:57\ta\n"),
            r#"{"path":"a","size":4096,"modified":"2026-11-27T18:57:00"}"#
        );
        assert_eq!(
            one(&["du", "--time=atime"], "4\t2026-11-27 18:57\ta\n"),
            r#"{"path":"a","size":4096,"accessed":"2026-11-27T18:57:00"}"#
        );
        assert_eq!(one(&["du"], "4\t2026-11-27\ta\n"), r#"{"path":"2026-11-27\ta","size":4096}"#);
        assert_eq!(parse::<Du>(Some(&["du", "--time"]), b"4\ta\n").records.len(), 0);
        assert_eq!(parse::<Du>(None, b"4\ta\n").problems.len(), 1);
        assert_eq!(exact::<Du>("-hs x"), Some("-B1 -s x".to_owned()));
        assert_unrecognised::<Du>(["hello\n", "x\ty\n", "4\t\n", "4 a\n", "4\ta\x004\tb\0"]);
    }
}
