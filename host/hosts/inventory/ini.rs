//! Inventories in the form of INI files: sections of machines, of groups, and of variables. A plain list of names is one without a section.

use super::super::command_line::words;
use super::super::names::{expand, unquoted, with_port};
use super::groups::Inventory;
use super::variables::Variables;

/// A name a line, or Ansible's sections.
pub(super) fn read(text: &str) -> std::result::Result<Inventory, String> {
    enum Section {
        Hosts(Option<String>),
        Children(String),
        Variables(String),
    }
    let mut inventory = Inventory::default();
    let mut section = Section::Hosts(None);
    for (line, number) in text.lines().zip(1..) {
        let line = without_comment(line).trim();
        if line.is_empty() {
            continue;
        }
        if let Some(title) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = match title.split_once(':') {
                None => Section::Hosts(Some(title.to_owned())),
                Some((group, "children")) => Section::Children(group.to_owned()),
                Some((group, "vars")) => Section::Variables(group.to_owned()),
                Some((_, what)) => {
                    return Err(format!("line {number}: sections are for hosts, `children` or `vars`, not `{what}`"));
                }
            };
            let (Section::Hosts(Some(group)) | Section::Children(group) | Section::Variables(group)) = &section else { continue };
            inventory.group(group);
            continue;
        }
        match &section {
            Section::Children(group) => inventory.group(group).children.push(line.to_owned()),
            Section::Variables(group) => {
                let (name, value) = line.split_once('=').ok_or_else(|| format!("line {number}: `name=value` is expected"))?;
                inventory.group(group).variables.set(name.trim(), unquoted(value.trim()));
            }
            Section::Hosts(group) => {
                let words = words(line).ok_or_else(|| format!("line {number}: there is a quote without its end"))?;
                let mut words = words.iter().map(String::as_str);
                let (pattern, port) = with_port(words.next().unwrap_or_default());
                let names = expand(pattern).map_err(|error| format!("line {number}: {error}"))?;
                let mut variables = Variables::of_port(port);
                for word in words {
                    let (name, value) = word
                        .split_once('=')
                        .ok_or_else(|| format!("line {number}: `name=value` is expected behind a machine, not `{word}`"))?;
                    variables.set(name, value);
                }
                for name in names {
                    let host = inventory.host(&name);
                    host.variables = variables.clone().or(&host.variables);
                    if let Some(group) = group {
                        inventory.group(group).hosts.push(name);
                    }
                }
            }
        }
    }
    Ok(inventory)
}

/// A line up to a `#` or `;` that begins a word.
fn without_comment(line: &str) -> &str {
    let begins = |at: usize| at == 0 || line[..at].ends_with(char::is_whitespace);
    line.char_indices().find(|&(at, c)| (c == '#' || c == ';') && begins(at)).map_or(line, |(at, _)| &line[..at])
}
