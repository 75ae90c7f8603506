//! The package managers whose blocks are read.

/// What the names of a package manager stand for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Debian,
    Rpm,
    Pip,
    Pacman,
}

impl Dialect {
    /// Name of the value that says which package it is.
    pub(super) fn first(self) -> &'static str {
        match self {
            Dialect::Debian => "Package",
            Dialect::Rpm | Dialect::Pip | Dialect::Pacman => "Name",
        }
    }

    /// Name of a value that may stand before that.
    pub(super) fn earlier(self) -> Option<&'static str> {
        match self {
            Dialect::Pacman => Some("Repository"),
            Dialect::Pip => Some("Metadata-Version"),
            Dialect::Debian | Dialect::Rpm => None,
        }
    }
}
