//! What the user demands of plugins before they are installed, and where lists of them are: `[trust]` of the configuration. A project
//! cannot set it.

use serde::Deserialize;

/// The table, as it is written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trusted {
    /// What `cosign verify` is given beside the plugin. Where it is there, nothing is installed that `cosign` does not confirm.
    pub cosign: Option<Vec<String>>,
    /// Where the list of withdrawn plugins is: a file, seen from the configuration, or a URL.
    pub withdrawn: Option<String>,
    /// Where the index of plugins is, likewise.
    pub index: Option<String>,
}
