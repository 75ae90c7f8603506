//! Finds the file that a command's name leads to.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The file that a program's name leads to: looked up in `PATH`, unless it is a path itself.
pub fn find(program: impl AsRef<Path>) -> Option<PathBuf> {
    let program = program.as_ref();
    if program.as_os_str().as_encoded_bytes().contains(&b'/') {
        return program.exists().then(|| program.to_owned());
    }
    std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(program)).find(|path| path.is_file())
}

/// The interpreter that the first line of a script names.
pub(super) fn interpreter(script: &Path) -> Option<String> {
    let mut start = [0; 256];
    let length = io::Read::read(&mut File::open(script).ok()?, &mut start).ok()?;
    let line = start[..length].strip_prefix(b"#!")?.split(|&byte| byte == b'\n').next()?;
    String::from_utf8_lossy(line).split_whitespace().next().map(str::to_owned)
}

/// The program that a name leads to, where that is another one: `df` may be a link to `busybox`.
pub fn implementation(program: impl AsRef<Path>) -> Option<String> {
    let target = std::fs::canonicalize(find(program.as_ref())?).ok()?;
    let name = target.file_name()?.to_str()?;
    (program.as_ref().file_name()? != name).then(|| name.to_owned())
}
