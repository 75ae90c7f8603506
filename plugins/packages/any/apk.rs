//! `APKINDEX` and `/lib/apk/db/installed` of Alpine Linux: a letter and a colon before each value, a block a package.

use outparse_sdk::{About, Base, Ending, Error, Field, Line, Map, Parser, Record, Rows, Source, Time};

/// A package of Alpine Linux.
#[derive(Clone, Debug, Default, Record)]
pub struct ApkPackage {
    /// Its name.
    #[field(key)]
    pub package: Option<Vec<u8>>,
    /// Its version.
    pub version: Option<Vec<u8>>,
    /// Architecture.
    pub architecture: Option<Vec<u8>>,
    /// Size of its file.
    #[field(unit = "bytes")]
    pub size: Option<i64>,
    /// Space that it takes once it is installed.
    #[field(unit = "bytes")]
    pub installed_size: Option<i64>,
    /// What it is.
    pub description: Option<Vec<u8>>,
    /// Address of its home page.
    pub homepage: Option<Vec<u8>>,
    /// Licence.
    pub license: Option<Vec<u8>>,
    /// The package that it was built with.
    pub origin: Option<Vec<u8>>,
    /// Who maintains it, with an address.
    pub maintainer: Option<Vec<u8>>,
    /// When it was built.
    pub built: Option<Time>,
    /// The commit that it was built of.
    pub commit: Option<Vec<u8>>,
    /// Checksum, as written: `Q1` and base 64.
    pub checksum: Option<Vec<u8>>,
    /// What it needs.
    pub depends: Vec<Vec<u8>>,
    /// What it provides.
    pub provides: Vec<Vec<u8>>,
    /// Packages whose presence installs it.
    pub install_if: Vec<Vec<u8>>,
    /// What it replaces.
    pub replaces: Vec<Vec<u8>>,
    /// Priority among those that provide the same.
    pub provider_priority: Option<i64>,
    /// Its files (`installed`).
    pub files: Vec<Vec<u8>>,
    /// Whatever else is said of it, by its letter.
    pub others: Map<Vec<u8>>,
}

/// Reads `APKINDEX` and `/lib/apk/db/installed`.
pub struct ApkIndex {
    package: Option<ApkPackage>,
    /// The folder whose files come; none below a line that could not be read, which may have been another one.
    folder: Option<Vec<u8>>,
    has_files: bool,
}

impl Parser for ApkIndex {
    const ABOUT: About = About {
        name: "apk-index",
        version: env!("CARGO_PKG_VERSION"),
        summary: "Packages of Alpine Linux, as APKINDEX and /lib/apk/db/installed have them",
        commands: &["pkg"],
        files: &["APKINDEX", "/lib/apk/db/installed", "/usr/lib/apk/db/installed"],
        dialect: "alpine",
        ..About::DEFAULT
    };
    type Record = ApkPackage;
    const FIRST_LINE_DECIDES: bool = true;

    fn new(_: &Source) -> Self {
        ApkIndex { package: None, folder: Some(Vec::new()), has_files: false }
    }

    fn line(&mut self, line: Line<'_>, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        let whole = line.whole();
        if whole.is_blank() {
            self.flush(rows);
            return Ok(());
        }
        let parts = whole.split_once(":").filter(|(letter, _)| letter.bytes.len() == 1 && letter.bytes[0].is_ascii_alphabetic());
        let Some((letter, value)) = parts else {
            self.folder = None;
            return Err(line.expected("a letter, a colon and a value, as in `P:busybox`").into());
        };
        // The checksum or the name comes first.
        if !rows.recognised() && !matches!(letter.bytes, b"C" | b"P") {
            return Err(line.expected("`C:CHECKSUM` or `P:PACKAGE`").into());
        }
        rows.recognise();
        let package = self.package.get_or_insert_default();
        let text = || Some(value.bytes.to_vec()).filter(|text| !text.is_empty());
        let list = || value.fields().map(|word| word.bytes.to_vec()).collect();
        match letter.bytes {
            b"C" => package.checksum = text(),
            b"P" => package.package = text(),
            b"V" => package.version = text(),
            b"A" => package.architecture = text(),
            b"S" => package.size = Some(bytes(value)?),
            b"I" => package.installed_size = Some(bytes(value)?),
            b"T" => package.description = text(),
            b"U" => package.homepage = text(),
            b"L" => package.license = text(),
            b"o" => package.origin = text(),
            b"m" => package.maintainer = text(),
            b"t" => package.built = Some(Time::utc(value.integer()?, 0)),
            b"c" => package.commit = text(),
            b"D" => package.depends = list(),
            b"p" => package.provides = list(),
            b"i" => package.install_if = list(),
            b"r" => package.replaces = list(),
            b"k" => package.provider_priority = Some(value.integer()?),
            b"F" => self.folder = Some(value.bytes.to_vec()),
            b"R" => {
                let folder =
                    self.folder.as_ref().ok_or_else(|| line.expected("the folder of this file above it, as in `F:bin`"))?;
                let slash = if folder.is_empty() { &b""[..] } else { b"/" };
                package.files.push([&b"/"[..], folder, slash, value.bytes].concat());
                self.has_files = true;
            }
            // Owners, modes and checksums of folders and files.
            b"M" | b"a" | b"Z" => {}
            _ => package.others.0.push((letter.bytes.to_vec(), value.bytes.to_vec())),
        }
        Ok(())
    }

    fn finish(&mut self, _: &Ending, rows: &mut Rows<Self::Record>) -> Result<(), Error> {
        self.flush(rows);
        Ok(())
    }
}

impl ApkIndex {
    fn flush(&mut self, rows: &mut Rows<ApkPackage>) {
        self.folder = Some(Vec::new());
        let Some(package) = self.package.take() else { return };
        if rows.made() == 0 || self.has_files {
            rows.without(["files"].into_iter().filter(|_| !self.has_files));
        }
        rows.push(package);
    }
}

/// A number of bytes, which old versions of the database shorten.
fn bytes(value: Field<'_>) -> Result<i64, Error> {
    Ok(value.size(Base::Binary)?)
}

#[cfg(test)]
mod tests {
    use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

    use super::ApkIndex;

    #[test]
    fn files_below_a_broken_folder_are_not_of_the_one_before() {
        let parsed = parse::<ApkIndex>(None, b"P:a\nF:bin\nR:x\nFusr\nR:y\nF:etc\nR:z\n");
        parsed.has(0, &[r#""files":["/bin/x","/etc/z"]"#]);
        assert_eq!(parsed.problems.len(), 2, "{parsed:?}");
    }

    #[test]
    fn a_block_is_a_package() {
        let capture = "C:Q1zn=\nP:yasm\nV:1.3.0-r4\nA:x86_64\nS:772109\nI:1753088\nT:A: b\nU:http://x/\nL:MIT\no:yasm\nm:A B <a@b>\nt:1681228881\nc:84a2\nD:so:libc.musl-x86_64.so.1 b\np:cmd:x=1\nk:10\nq:z\n\nP:b\nF:usr/bin\nR:b\na:0:0:755\nF:\nR:c\n";
        let parsed = parse::<ApkIndex>(None, capture.as_bytes());
        assert_eq!(
            parsed.without_nulls()[0],
            r#"{"package":"yasm","version":"1.3.0-r4","architecture":"x86_64","size":772109,"installed_size":1753088,"description":"A: b","homepage":"http://x/","license":"MIT","origin":"yasm","maintainer":"A B <a@b>","built":"2023-04-11T16:01:21Z","commit":"84a2","checksum":"Q1zn=","depends":["so:libc.musl-x86_64.so.1","b"],"provides":["cmd:x=1"],"install_if":[],"replaces":[],"provider_priority":10,"others":{"q":"z"}}"#
        );
        parsed.has(1, &[r#""package":"b""#, r#""files":["/usr/bin/b","/c"]"#]);
        assert_any_split::<ApkIndex>(None, capture.as_bytes());
        assert_unrecognised::<ApkIndex>(["hello\n", "V:1\n", "PP:x\n"]);
    }
}
