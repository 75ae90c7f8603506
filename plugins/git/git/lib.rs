//! `git log`, `git status`, `git branch -v`, `git diff --numstat` and `git ls-remote`.

pub mod branch;
pub mod diff;
pub mod log;
pub mod ls_remote;
mod path;
mod rename;
pub mod status;

pub use branch::Branches;
pub use diff::DiffNumstat;
pub use log::Log;
pub use ls_remote::LsRemote;
pub use status::Status;

/// Options of git before its command that take the next word.
const VALUE_OPTIONS: &[&str] = &["-C", "-c", "--git-dir", "--work-tree", "--namespace", "--exec-path"];

outparse_sdk::export!(
    "git-git",
    env!("CARGO_PKG_VERSION"),
    "Commits, files, branches and references, as git prints them";
    Log, Status, Branches, DiffNumstat, LsRemote
);
