//! What lies at a path: a capture, a compressed one, or an archive of many. Its first bytes say which. Nothing is unpacked:
//! everything is read as it comes.

use std::fs::{self, File};
use std::io::{self, BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use glob::{MatchOptions, Pattern};
use lzma_rust2::XzReader;
use ruzstd::decoding::StreamingDecoder;
use zip::ZipArchive;

use outparse::error::Error;

/// Bytes that tell what something is: the mark of a tar archive comes last.
const HEAD: usize = 512;

/// How deeply archives and compressed files may be nested.
const DEEPEST: usize = 6;

/// Bytes of an archive that has to be held as a whole: a zip within another archive.
const MOST_HELD: u64 = 64 << 20;

/// KiB that a decompressor may have.
const DECOMPRESSOR: u32 = 256 << 10;

/// Takes a capture: the names of the archives and members that it is in, and its bytes. An error is a failure to read, and ends
/// the reading.
pub(super) type Take<'a> = dyn FnMut(&[String], &mut dyn Read) -> io::Result<()> + 'a;

/// The files that are meant: paths as they are, all files below folders, and all that match a pattern.
///
/// # Errors
/// A file or folder is not there, or a pattern matches nothing or is invalid.
pub fn files(inputs: &[String]) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for input in inputs {
        match fs::metadata(input) {
            Ok(found) if found.is_dir() => below(Path::new(input), &mut files)?,
            Ok(_) => files.push(PathBuf::from(input)),
            Err(_) if input.contains(['*', '?', '[']) => {
                let wrong = |error: glob::PatternError| Error::Usage(format!("`{input}` is no pattern: {error}"));
                let before = files.len();
                let found = glob::glob(input).map_err(wrong)?.filter_map(Result::ok);
                files.extend(found.filter(|path| !path.is_dir()));
                if files.len() == before {
                    return Err(Error::Usage(format!("no file fits `{input}`")));
                }
            }
            Err(error) => return Err(Error::Usage(format!("`{input}` cannot be read: {error}"))),
        }
    }
    Ok(files)
}

/// All files below a folder, by name. Links to folders are not followed: they may lead in circles.
fn below(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    let failed = |error: io::Error| Error::Usage(format!("`{}` cannot be read: {error}", folder.display()));
    let mut entries = fs::read_dir(folder).map_err(failed)?.collect::<io::Result<Vec<_>>>().map_err(failed)?;
    entries.sort_by_key(|entry| entry.file_name());
    for entry in entries {
        let path = entry.path();
        if entry.file_type().map_err(failed)?.is_dir() {
            below(&path, files)?;
        } else if fs::metadata(&path).is_ok_and(|found| found.is_file()) {
            files.push(path);
        }
    }
    Ok(())
}

/// Which members of archives are wanted.
#[derive(Clone, Debug, Default)]
pub(super) struct Members(Vec<Pattern>);

impl Members {
    /// Those that match one of these patterns; all, if there are none.
    pub(crate) fn new(patterns: &[String]) -> Result<Members, Error> {
        let read = |text: &String| {
            Pattern::new(text).map_err(|error| Error::Usage(format!("`{text}` is no pattern of members: {error}")))
        };
        Ok(Members(patterns.iter().map(read).collect::<Result<_, _>>()?))
    }

    fn has(&self, names: &[String]) -> bool {
        let options = MatchOptions { require_literal_separator: true, ..MatchOptions::new() };
        self.0.is_empty() || names.last().is_none_or(|name| self.0.iter().any(|one| one.matches_with(name, options)))
    }
}

/// What a scan reads: a capture, a compressed one, or an archive of many.
#[derive(Clone, Debug)]
pub enum Input {
    /// A file.
    File(PathBuf),
    /// Bytes in memory.
    Held {
        /// What to call it.
        name: String,
        /// All of it.
        bytes: Vec<u8>,
    },
}

impl Input {
    /// What to call it.
    pub(super) fn name(&self) -> String {
        match self {
            Input::File(path) => path.to_string_lossy().into_owned(),
            Input::Held { name, .. } => name.clone(),
        }
    }

    /// Reads it, and passes on each capture in it.
    pub(super) fn read(&self, members: &Members, take: &mut Take<'_>) -> io::Result<()> {
        match self {
            Input::File(path) => read(File::open(path)?, members, take),
            Input::Held { bytes, .. } => read(Cursor::new(bytes), members, take),
        }
    }
}

/// Reads an input, from its beginning.
fn read(mut from: impl Read + Seek, members: &Members, take: &mut Take<'_>) -> io::Result<()> {
    let mut reading = Reading { members, take, names: Vec::new() };
    let head = head(&mut from)?;
    if Kind::of(&head) == Kind::Zip {
        return reading.zip(ZipArchive::new(BufReader::new(from)));
    }
    reading.within(&mut Cursor::new(head).chain(from), 0)
}

fn head(from: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD);
    from.take(HEAD as u64).read_to_end(&mut head)?;
    Ok(head)
}

/// What something is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Gzip,
    Xz,
    Zstandard,
    Tar,
    Zip,
    Plain,
}

impl Kind {
    fn of(head: &[u8]) -> Kind {
        match head {
            [0x1f, 0x8b, 8, ..] => Kind::Gzip,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Kind::Xz,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Kind::Zstandard,
            [b'P', b'K', 3 | 5, 4 | 6, ..] => Kind::Zip,
            head if head.get(257..262) == Some(b"ustar") => Kind::Tar,
            _ => Kind::Plain,
        }
    }
}

struct Reading<'a, 'b> {
    members: &'a Members,
    take: &'a mut Take<'b>,
    /// The members of the archives being read that lead here.
    names: Vec<String>,
}

impl Reading<'_, '_> {
    fn within(&mut self, from: &mut dyn Read, depth: usize) -> io::Result<()> {
        let head = head(from)?;
        let kind = Kind::of(&head);
        let mut from = Cursor::new(head).chain(from);
        if kind != Kind::Plain && depth >= DEEPEST {
            return Err(io::Error::other(format!("archives are within each other more than {DEEPEST} times")));
        }
        match kind {
            Kind::Plain if self.members.has(&self.names) => (self.take)(&self.names, &mut from),
            Kind::Plain => Ok(()),
            Kind::Gzip => self.within(&mut MultiGzDecoder::new(from), depth + 1),
            Kind::Xz => self.within(&mut XzReader::new_mem_limit(BufReader::new(from), true, DECOMPRESSOR), depth + 1),
            Kind::Zstandard => self.within(&mut Frames::new(BufReader::new(from)), depth + 1),
            Kind::Tar => {
                let mut archive = tar::Archive::new(from);
                for entry in archive.entries()? {
                    let mut entry = entry?;
                    if entry.header().entry_type().is_file() {
                        self.names.push(String::from_utf8_lossy(&entry.path_bytes()).into_owned());
                        let read = self.within(&mut entry, depth + 1);
                        self.names.pop();
                        read?;
                    }
                }
                Ok(())
            }
            Kind::Zip => {
                let mut held = Vec::new();
                if from.take(MOST_HELD + 1).read_to_end(&mut held)? as u64 > MOST_HELD {
                    return Err(io::Error::other(format!("a zip within another archive has more than {} MiB", MOST_HELD >> 20)));
                }
                self.zip(ZipArchive::new(Cursor::new(held)))
            }
        }
    }

    fn zip<R: Read + io::Seek>(&mut self, archive: zip::result::ZipResult<ZipArchive<R>>) -> io::Result<()> {
        let mut archive = archive.map_err(io::Error::from)?;
        for place in 0..archive.len() {
            let mut entry = archive.by_index(place).map_err(io::Error::from)?;
            if entry.is_file() {
                self.names.push(entry.name().map_err(io::Error::from)?.into_owned());
                let read = self.within(&mut entry, self.names.len());
                self.names.pop();
                read?;
            }
        }
        Ok(())
    }
}

/// Zstandard's frames, one after the other.
struct Frames<R: Read> {
    from: Option<R>,
    frame: Option<Box<StreamingDecoder<R, ruzstd::decoding::FrameDecoder>>>,
}

impl<R: Read> Frames<R> {
    fn new(from: R) -> Frames<R> {
        Frames { from: Some(from), frame: None }
    }
}

impl<R: io::BufRead> Read for Frames<R> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(mut from) = self.from.take() {
                if from.fill_buf()?.is_empty() {
                    self.from = Some(from);
                    return Ok(0);
                }
                let frame = StreamingDecoder::new(from).map_err(|error| io::Error::other(error.to_string()))?;
                self.frame = Some(Box::new(frame));
            }
            let Some(frame) = &mut self.frame else { return Ok(0) };
            let read = frame.read(to)?;
            if read > 0 || to.is_empty() {
                return Ok(read);
            }
            self.from = self.frame.take().map(|frame| frame.into_inner());
        }
    }
}
