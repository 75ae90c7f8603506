//! What is printed of files, one after the other: by `stat`, `du`, `find`, `file` and `lsattr`.

pub mod du;
pub mod file;
pub mod find;
pub mod lsattr;
pub mod stat;

pub use du::Du;
pub use file::FileTypes;
pub use find::Find;
pub use lsattr::Lsattr;
pub use stat::{Stat, StatFilesystem};

outparse_sdk::export!(
    "files-posix",
    env!("CARGO_PKG_VERSION"),
    "Files, as stat, du, find, file and lsattr print them";
    Stat, StatFilesystem, Du, Find, FileTypes, Lsattr
);
