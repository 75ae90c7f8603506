//! `sysctl -a`: `name = value` on Linux, `name: value` on macOS and the BSDs, and `name=value` with `-e` there. With `-n` only the values are
//! printed: the arguments have the names.

use outparse_sdk::{About, Argument, Ending, Error, Field, Line, Parser, Problem, Record, Rows, Source, Status};

/// A setting of the kernel.
#[derive(Clone, Debug, Default, Record)]
pub struct Setting<'a> {
    /// Its name.
    #[field(key)]
    pub name: &'a [u8],
    /// Its value, as text.
    pub value: &'a [u8],
    /// The same, where it is one whole number.
    pub number: Option<i64>,
}

/// Reads `sysctl`.
pub struct Sysctl {
    /// The names of the values to come (`-n`).
    names: Option<Vec<String>>,
    /// The values so far.
    values: Vec<Vec<u8>>,
    /// A setting of macOS or a BSD, whose value may go on in the next lines.
    last: Option<Held>,
}

/// A setting that is not complete.
struct Held {
    name: Vec<u8>,
    value: Vec<u8>,
    /// Where its value goes on, if it does.
    goes_on: Option<u64>,
}

impl Parser for Sysctl {
    const ABOUT: About = About {
        name: "sysctl",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Settings of the kernel, as sysctl of Linux, macOS and the BSDs prints them",
        commands: &["sysctl", "busybox sysctl", "toybox sysctl"],
        dialect: "posix",
        ..About::DEFAULT
    };
    type Record = Setting<'static>;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(source: &Source) -> Self {
        Sysctl { names: names(source), values: Vec::new(), last: None }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        if self.names.is_some() && !line.bytes.starts_with(b"sysctl: ") {
            self.values.push(line.bytes.to_vec());
            return Ok(());
        }
        if line.is_blank() {
            return Ok(());
        }
        let whole = line.whole();
        if line.bytes.starts_with(b"sysctl: ") {
            return Err(whole.problem(String::from_utf8_lossy(line.bytes).into_owned()).into());
        }
        let is_name = |name: &[u8]| {
            name.contains(&b'.') && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"._-%/@*:".contains(byte))
        };
        let split = |separator: &str| whole.split_once(separator).filter(|(name, _)| is_name(name.bytes));
        if let Some((name, value)) = split(" = ").or_else(|| split(" =")) {
            self.flush(rows);
            rows.push(Setting { name: name.bytes, value: value.bytes, number: value.as_integer() });
        } else if let Some((name, value)) = split(": ").or_else(|| split(":")).or_else(|| split("=")) {
            self.flush(rows);
            self.last = Some(Held { name: name.bytes.to_vec(), value: value.bytes.to_vec(), goes_on: None });
            rows.recognise();
        } else if let Some(last) = &mut self.last {
            last.value.extend([b"\n", line.bytes].concat());
            last.goes_on.get_or_insert(line.number);
        } else {
            return Err(line.expected("`NAME = VALUE` or `NAME: VALUE`").into());
        }
        Ok(())
    }

    fn finish(&mut self, ending: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        let Some(names) = &self.names else { return Ok(()) };
        // A value may have several lines, and where one is not there, nothing stands in its place.
        if names.len() != self.values.len() || matches!(ending.status, Some(Status::Exited(status)) if status != 0) {
            let message = "which value is of which name cannot be told: leave `-n` out";
            return Err(Error::unrecognised(format!("{} values, {} names, {message}", self.values.len(), names.len())));
        }
        for (name, value) in names.iter().zip(&self.values) {
            rows.push(Setting { name: name.as_bytes(), value, number: Field::from(value.as_slice()).as_integer() });
        }
        Ok(())
    }
}

impl Sysctl {
    /// Completes the setting whose value might have gone on.
    fn flush(&mut self, rows: &mut Rows<Setting<'static>>) {
        let Some(Held { name, value, goes_on }) = self.last.take() else { return };
        if let Some(line) = goes_on {
            let name = String::from_utf8_lossy(&name);
            rows.problem(
                Problem::warning(format!("this and what follows was taken for more of the value of `{name}`")).on_line(line),
            );
        }
        rows.push(Setting { name: &name, value: &value, number: Field::from(&value[..]).as_integer() });
    }
}

/// The names whose values alone are printed (`-n`); none where their names are, too.
fn names(source: &Source) -> Option<Vec<String>> {
    let arguments = source.read_arguments(&["n values", "p f load=", "r pattern=", "B="])?;
    let is_bare = arguments.contains(&Argument::Flag("n"));
    let names = arguments.iter().filter_map(|argument| match argument {
        // One that is set has its value behind it.
        Argument::Operand(name) => Some(name.split('=').next().unwrap_or_default().to_owned()),
        _ => None,
    });
    let names: Vec<String> = names.collect();
    (is_bare && !names.is_empty()).then_some(names)
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::Sysctl;

    #[test]
    fn both_systems_are_read() {
        let parsed =
            parse::<Sysctl>(None, b"kernel.core_pattern = |/a b = c\nfs.x = 7\nnet.ipv4.y = \nuser.cs_path: /usr/bin:/bin\n");
        assert_eq!(
            parsed.records,
            [
                r#"{"name":"kernel.core_pattern","value":"|/a b = c","number":null}"#,
                r#"{"name":"fs.x","value":"7","number":7}"#,
                r#"{"name":"net.ipv4.y","value":"","number":null}"#,
                r#"{"name":"user.cs_path","value":"/usr/bin:/bin","number":null}"#,
            ]
        );
        assert_unrecognised::<Sysctl>(["hello\n", "a b = c\n", "x: y\n"]);
    }

    #[test]
    fn a_value_of_freebsd_may_have_several_lines() {
        let capture = b"kern.version: FreeBSD 14\n\nkern.geom.confxml: <mesh>\n  <class id=\"0x1\">\n</mesh>\nvm.x: 1\n";
        let parsed = parse::<Sysctl>(None, capture);
        assert_eq!(
            parsed.records,
            [
                r#"{"name":"kern.version","value":"FreeBSD 14","number":null}"#,
                r#"{"name":"kern.geom.confxml","value":"<mesh>\n  <class id=\"0x1\">\n</mesh>","number":null}"#,
                r#"{"name":"vm.x","value":"1","number":1}"#,
            ]
        );
        assert_eq!(
            parsed.problems,
            ["warning: line 4, this and what follows was taken for more of the value of `kern.geom.confxml`"]
        );
        assert_any_split::<Sysctl>(None, capture);
        assert_eq!(parse::<Sysctl>(None, b"kernel.a = 1\nb\n").problems.len(), 1);
    }

    #[test]
    fn values_have_the_names_of_the_arguments() {
        let command = Some(&["sysctl", "-n", "kernel.ostype", "vm.swappiness", "kernel.x"][..]);
        assert_eq!(
            parse::<Sysctl>(command, b"Linux\n60\n\n").sound(),
            [
                r#"{"name":"kernel.ostype","value":"Linux"}"#,
                r#"{"name":"vm.swappiness","value":"60","number":60}"#,
                r#"{"name":"kernel.x","value":""}"#,
            ]
        );
        let failed = parse::<Sysctl>(command, b"Linux\n60\n");
        assert_eq!(failed.records.len(), 0, "{failed:?}");
        assert!(failed.failure.is_some(), "{failed:?}");
        let marked = parse::<Sysctl>(None, b"hw.model=X=Y\nkern.a: b=c\n");
        assert_eq!(marked.sound(), [r#"{"name":"hw.model","value":"X=Y"}"#, r#"{"name":"kern.a","value":"b=c"}"#]);
    }
}
