//! The file of `outparse report`: a tar file whose members anyone can read. It may come from anyone, too: none of it is unpacked
//! to disk, and a file that is not as we write it is refused.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Take};
use std::path::Path;

use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};
use tar::{Archive, Builder, EntryType, Header};

use crate::subcommands::observed_parse::Outcome;
use outparse::sandbox::Limits;
use outparse::words::is_plain;

/// What the members are called.
const FACTS: &str = "report.json";
const CAPTURE: &str = "capture";
const ERRORS: &str = "stderr";
const COMPONENT: &str = "plugin.wasm";

/// The format that is written and read.
const VERSION: u32 = 1;

/// Bytes that `report.json` may have: it lists a thousand problems at most.
const MOST_FACTS: u64 = 4 << 20;

/// Everything that is known about a capture, except its bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Facts {
    pub(crate) format: u32,
    /// The version of this program.
    pub(crate) outparse: String,
    /// RFC 3339.
    pub(crate) created: String,
    /// The command and its arguments; bytes that are not UTF-8 are replaced.
    pub(crate) command: Vec<String>,
    /// The program that really ran, where a link led to another.
    pub(crate) implementation: Option<String>,
    /// Whether `command` has the arguments.
    pub(crate) arguments_known: bool,
    pub(crate) platform: String,
    /// Whether `--platform` said so.
    pub(crate) platform_given: bool,
    /// Whether `--plugin` asked for the plugin: no other was tried.
    pub(crate) plugin_asked: bool,
    /// The system's own name and version, and its kernel's.
    pub(crate) system: Option<String>,
    pub(crate) kernel: Option<String>,
    /// The locale that the command ran in; None where it was left alone, or no command was run.
    pub(crate) locale: Option<String>,
    /// When the capture was taken, in seconds since 1970, and the offset from UTC there, as far as that is known.
    pub(crate) captured: Option<(i64, Option<i32>)>,
    pub(crate) exit_status: Option<u8>,
    pub(crate) ended_early: Option<String>,
    /// Whether a last line without an end was cut off.
    pub(crate) cut_off: bool,
    /// The limits of plugins that were not the default ones.
    pub(crate) limits: BTreeMap<String, u64>,
    pub(crate) outcome: Outcome,
}

impl Facts {
    /// The format that this program writes.
    pub(crate) const FORMAT: u32 = VERSION;
}

/// What goes into a report.
pub(crate) struct Contents<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) capture: &'a mut File,
    pub(crate) errors: &'a mut File,
    /// The component, if the plugin is not one that ships with the program.
    pub(crate) component: Option<&'a [u8]>,
}

impl Contents<'_> {
    /// Writes all of it.
    pub(crate) fn write(self, out: File) -> io::Result<()> {
        let mut tar = Builder::new(out);
        let mut facts = serde_json::to_vec_pretty(self.facts)?;
        facts.push(b'\n');
        append(&mut tar, FACTS, facts.len() as u64, facts.as_slice())?;
        for (name, file) in [(CAPTURE, self.capture), (ERRORS, self.errors)] {
            let length = file.seek(SeekFrom::End(0))?;
            file.rewind()?;
            append(&mut tar, name, length, file.take(length))?;
        }
        if let Some(component) = self.component {
            append(&mut tar, COMPONENT, component.len() as u64, component)?;
        }
        tar.into_inner()?.sync_data()
    }
}

fn append(tar: &mut Builder<File>, name: &str, size: u64, bytes: impl Read) -> io::Result<()> {
    let mut header = Header::new_gnu();
    header.set_path(name)?;
    header.set_size(size);
    header.set_mode(0o644);
    header.set_mtime(u64::try_from(chrono::Utc::now().timestamp()).unwrap_or(0));
    header.set_cksum();
    tar.append(&header, bytes)
}

/// A report that was read. The capture is still in the file.
#[derive(Debug)]
pub(crate) struct Bundle {
    pub(crate) facts: Facts,
    pub(crate) component: Option<Vec<u8>>,
    file: File,
    /// Where the capture begins, and its length.
    capture: (u64, u64),
}

impl Bundle {
    /// Reads a report. `most` is the number of bytes that a component may have.
    pub(crate) fn read(path: &Path, most: u64) -> anyhow::Result<Bundle> {
        let file = File::open(path).with_context(|| format!("`{}` cannot be read", path.display()))?;
        from_file(file, most).with_context(|| format!("`{}` is no report that can be replayed", path.display()))
    }

    /// The capture, from its start.
    pub(crate) fn capture(&mut self) -> io::Result<Take<&mut File>> {
        let (start, length) = self.capture;
        self.file.seek(SeekFrom::Start(start))?;
        Ok((&mut self.file).take(length))
    }
}

fn from_file(mut file: File, most: u64) -> anyhow::Result<Bundle> {
    let metadata = file.metadata()?;
    ensure!(metadata.is_file(), "it is not a file");
    refuse_compressed(&mut file)?;
    let (mut facts, mut capture, mut errors, mut component) = (None, None, None, None);
    let mut archive = Archive::new(&mut file);
    // Raw: extensions, such as names of any length, are members of another type here, and refused as such.
    for entry in archive.entries_with_seek().map_err(unreadable)?.raw(true) {
        let mut entry = entry.map_err(unreadable)?;
        let path = entry.path_bytes().into_owned();
        let name: String = String::from_utf8_lossy(&path).escape_default().take(100).collect();
        let kind = entry.header().entry_type();
        ensure!(kind == EntryType::Regular, "its member `{name}` is not a plain file");
        let (start, size) = (entry.raw_file_position(), entry.header().entry_size().map_err(unreadable)?);
        ensure!(start.checked_add(size).is_some_and(|end| end <= metadata.len()), "it ends within its member `{name}`");
        let mut read = |most: u64| {
            ensure!(size <= most, "its member `{name}` has {size} bytes, and {most} are allowed");
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let again = match &*path {
            name if name == FACTS.as_bytes() => facts.replace(read(MOST_FACTS)?).is_some(),
            name if name == CAPTURE.as_bytes() => capture.replace((start, size)).is_some(),
            name if name == ERRORS.as_bytes() => errors.replace(()).is_some(),
            name if name == COMPONENT.as_bytes() => component.replace(read(most)?).is_some(),
            _ => bail!("it has a member `{name}`, which no report has"),
        };
        ensure!(!again, "it has two members `{name}`");
    }
    let facts = facts.with_context(|| format!("it has no member `{FACTS}`"))?;
    let capture = capture.with_context(|| format!("it has no member `{CAPTURE}`"))?;
    let version = serde_json::from_slice::<Format>(&facts).with_context(|| format!("its member `{FACTS}` cannot be read"))?;
    ensure!(version.format == VERSION, "it is of format {}, and this outparse reads {VERSION}", version.format);
    let facts: Facts = serde_json::from_slice(&facts).with_context(|| format!("its member `{FACTS}` cannot be read"))?;
    let program = facts.command.first().context("it names no command")?;
    // The program is named in messages; arguments are not.
    ensure!(program.chars().all(is_plain), "its command is called `{}`", program.escape_default().take(100).collect::<String>());
    Ok(Bundle { facts, component, file, capture })
}

/// The error for a broken tar file. The library's own would quote bytes of it, which are anyone's.
fn unreadable(_: io::Error) -> anyhow::Error {
    anyhow::anyhow!("it is no tar file, or not a whole one")
}

/// The one field that all formats have.
#[derive(Deserialize)]
struct Format {
    format: u32,
}

/// Refuses a compressed file: we could not know how much it expands to.
fn refuse_compressed(file: &mut File) -> anyhow::Result<()> {
    const MAGIC: [(&[u8], &str); 4] =
        [(b"\x1f\x8b", "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"), (b"\xfd7zXZ", "xz"), (b"BZh", "bzip2")];
    let mut start = Vec::new();
    Read::by_ref(file).take(8).read_to_end(&mut start)?;
    file.rewind()?;
    match MAGIC.iter().find(|(magic, _)| start.starts_with(magic)) {
        Some((_, name)) => bail!("it is compressed: unpack it with `{name} -d` first"),
        None => Ok(()),
    }
}

/// The limits that are not the default ones.
pub(crate) fn configured(limits: &Limits) -> BTreeMap<String, u64> {
    let list = |limits: &Limits| {
        [
            ("memory", limits.memory as u64),
            ("call-millis", limits.call.as_millis() as u64),
            ("batch", limits.batch_floor as u64),
            ("batch-factor", limits.batch_factor as u64),
            ("component", limits.component),
            ("compile-millis", limits.compile.as_millis() as u64),
            ("fields", limits.fields as u64),
            ("replay", limits.replay as u64),
            ("line", limits.line as u64),
        ]
    };
    let defaults = list(&Limits::default());
    let differs = list(limits).into_iter().zip(defaults).filter(|(here, default)| here != default);
    differs.map(|((name, value), _)| (name.to_owned(), value)).collect()
}
