//! What the user demands of plugins before they are installed, and where lists of them are: `[trust]` of the configuration. A project
//! cannot set it.

use serde::Deserialize;

/// The table, as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trusted {
    /// Arguments that `cosign verify` is given, besides the plugin. If they are set, only what `cosign` confirms is installed.
    pub cosign: Option<Vec<String>>,
    /// Where the list of withdrawn plugins is: a file, relative to the configuration, or a URL.
    pub withdrawn: Option<String>,
    /// Where the index of plugins is, likewise.
    pub index: Option<String>,
}
