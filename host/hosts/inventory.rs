//! Files that name machines: a name a line, Ansible's inventories in both their forms and as its own program lists them, and the folders of
//! variables beside them.

mod groups;
mod ini;
mod variables;
mod vars_folders;
mod yaml;

use std::path::Path;

use anyhow::Context;

use super::target::Target;
use outparse::error::Error;

/// The machines that a file names, or those of a group in it.
pub(super) fn read(path: &Path, group: Option<&str>) -> Result<Vec<Target>, Error> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("the list of machines `{shown}` cannot be read"))?;
    let wrong = |message: String| Error::Usage(format!("`{shown}`: {message}"));
    let named_yaml = path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml");
    let text = text.trim_start_matches('\u{feff}');
    let is_yaml = named_yaml || text.trim_start().starts_with("---") || text.trim_start().starts_with('{');
    let mut inventory = if is_yaml { yaml::read(text) } else { ini::read(text) }.map_err(wrong)?;
    vars_folders::read(&mut inventory, path.parent().unwrap_or(Path::new(""))).map_err(Error::Usage)?;
    inventory.targets(group).map_err(wrong)
}

#[cfg(test)]
mod tests;
