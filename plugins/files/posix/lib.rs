//! What is printed of files, one after the other: by `stat`, `du`, `find` and `file`.

pub mod du;
pub mod file;
pub mod find;
pub mod stat;

pub use du::Du;
pub use file::FileTypes;
pub use find::Find;
pub use stat::{Stat, StatFilesystem};

outparse_sdk::export!(
    "files-posix",
    env!("CARGO_PKG_VERSION"),
    "Files, as stat, du, find and file print them";
    Stat, StatFilesystem, Du, Find, FileTypes
);
