//! Which parser was chosen for which command, as the configuration and a project's file say it.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Which parser was chosen for which command, everywhere or on a platform.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Choices(BTreeMap<String, Choice>);

impl Choices {
    /// The one that was chosen for a command on a platform.
    pub(super) fn choice(&self, command: &str, platform: &str) -> Option<&str> {
        let on_platform = match self.0.get(platform) {
            Some(Choice::OnPlatform(choices)) => choices.get(command),
            _ => None,
        };
        let everywhere = match self.0.get(command) {
            Some(Choice::Everywhere(choice)) => Some(choice),
            _ => None,
        };
        on_platform.or(everywhere).map(String::as_str)
    }
}

/// `df = "bsd"`, or a platform with its own table of these.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Choice {
    Everywhere(String),
    OnPlatform(BTreeMap<String, String>),
}
