//! `outparse plugin list`: what there is.

use crate::cli::print;
use crate::error::Error;
use crate::registry::bundled;

/// Prints a line for each plugin. Returns the exit status.
pub(super) fn list() -> Result<u8, Error> {
    let widest = bundled().iter().map(|bundled| bundled.name.len()).max().unwrap_or(0);
    let mut lines = String::new();
    for plugin in bundled() {
        let platforms =
            if plugin.platforms.is_empty() { String::new() } else { format!("; first on {}", plugin.platforms.join(", ")) };
        let commands = plugin.commands.join(", ");
        lines.push_str(&format!("{:widest$} {}  {} ({commands}{platforms})\n", plugin.name, plugin.version, plugin.summary));
    }
    print(&lines)?;
    Ok(0)
}
