//! Files that name machines: a name a line, Ansible's inventories in both their forms and as its own program lists them, and `ssh_config`
//! for patterns.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::{Map, Value};

use super::client::words;
use super::target::Target;
use outparse::error::Error;

/// Machines that one list may name.
const MOST: usize = 100_000;

/// Files that one `ssh_config` may include.
const MOST_FILES: usize = 1000;

type Outcome<T> = std::result::Result<T, Error>;

/// What a file says, before groups are resolved.
#[derive(Default)]
struct Inventory {
    hosts: Vec<Host>,
    groups: Vec<Group>,
}

#[derive(Default)]
struct Host {
    name: String,
    variables: Variables,
}

#[derive(Default)]
struct Group {
    name: String,
    hosts: Vec<String>,
    children: Vec<String>,
    variables: Variables,
}

/// What an inventory says about reaching a machine.
#[derive(Clone, Default)]
struct Variables {
    address: Option<String>,
    user: Option<String>,
    port: Option<String>,
    key: Option<String>,
    /// Options of the client, for all that it does and for ssh only.
    common: Option<String>,
    extra: Option<String>,
}

/// The machines that a file names, or those of a group in it.
pub(super) fn read(path: &Path, group: Option<&str>) -> Outcome<Vec<Target>> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("the list of machines `{shown}` cannot be read"))?;
    let wrong = |message: String| Error::Usage(format!("`{shown}`: {message}"));
    let named_yaml = path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml");
    let text = text.trim_start_matches('\u{feff}');
    let is_yaml = named_yaml || text.trim_start().starts_with("---") || text.trim_start().starts_with('{');
    let inventory = if is_yaml { yaml(text) } else { ini(text) };
    inventory.and_then(|inventory| inventory.targets(group)).map_err(wrong)
}

impl Inventory {
    fn host(&mut self, name: &str) -> &mut Host {
        let place = self.hosts.iter().position(|host| host.name == name).unwrap_or_else(|| {
            self.hosts.push(Host { name: name.to_owned(), ..Host::default() });
            self.hosts.len() - 1
        });
        &mut self.hosts[place]
    }

    fn group(&mut self, name: &str) -> &mut Group {
        let place = self.groups.iter().position(|group| group.name == name).unwrap_or_else(|| {
            self.groups.push(Group { name: name.to_owned(), ..Group::default() });
            self.groups.len() - 1
        });
        &mut self.groups[place]
    }

    /// The names of the machines in a group and the groups below it.
    fn members(&self, name: &str) -> Option<HashSet<&str>> {
        let mut members = HashSet::new();
        let mut seen = HashSet::new();
        let mut open = vec![name];
        while let Some(next) = open.pop() {
            let group = self.groups.iter().find(|group| group.name == next);
            let Some(group) = group.filter(|_| seen.insert(next)) else { continue };
            members.extend(group.hosts.iter().map(String::as_str));
            open.extend(group.children.iter().map(String::as_str));
        }
        seen.contains(name).then_some(members)
    }

    /// How many groups are around a group, on the longest way. Groups within themselves end.
    fn depth(&self, name: &str, below: usize) -> usize {
        if name == "all" || below > self.groups.len() {
            return 0;
        }
        let around = self.groups.iter().filter(|group| group.name != "all" && group.children.iter().any(|child| child == name));
        1 + around.map(|group| self.depth(&group.name, below + 1)).max().unwrap_or(0)
    }

    fn targets(&self, group: Option<&str>) -> std::result::Result<Vec<Target>, String> {
        let wanted = match group.filter(|&name| name != "all") {
            None => None,
            Some(name) => Some(self.members(name).ok_or_else(|| {
                let known: Vec<&str> = self.groups.iter().map(|group| group.name.as_str()).collect();
                match &known[..] {
                    [] => format!("there is no group `{name}`: it has no groups"),
                    known => format!("there is no group `{name}`; the groups are {}", known.join(", ")),
                }
            })?),
        };
        let members: Vec<_> = self.groups.iter().map(|group| (group, self.members(&group.name).unwrap_or_default())).collect();
        let wanted = self.hosts.iter().filter(|host| wanted.as_ref().is_none_or(|wanted| wanted.contains(host.name.as_str())));
        wanted
            .map(|host| {
                // What is said of a machine goes before what is said of its groups, the innermost first and of those that are as far
                // within the last by name, as Ansible has it.
                let mut groups: Vec<_> = members
                    .iter()
                    .filter(|(group, members)| group.name == "all" || members.contains(host.name.as_str()))
                    .collect();
                groups.sort_by_key(|(group, _)| std::cmp::Reverse((self.depth(&group.name, 0), &group.name)));
                let said = groups.into_iter().fold(host.variables.clone(), |said, (group, _)| said.or(&group.variables));
                said.target(&host.name)
            })
            .collect()
    }
}

impl Variables {
    /// Takes a variable of Ansible's, if it is about reaching a machine.
    fn set(&mut self, name: &str, value: &str) {
        let value = Some(value.to_owned()).filter(|value| !value.is_empty());
        match name {
            "ansible_host" | "ansible_ssh_host" => self.address = value,
            "ansible_user" | "ansible_ssh_user" => self.user = value,
            "ansible_port" | "ansible_ssh_port" => self.port = value,
            "ansible_ssh_private_key_file" | "ansible_private_key_file" => self.key = value,
            "ansible_ssh_common_args" => self.common = value,
            "ansible_ssh_extra_args" => self.extra = value,
            _ => {}
        }
    }

    fn or(self, other: &Variables) -> Variables {
        Variables {
            address: self.address.or_else(|| other.address.clone()),
            user: self.user.or_else(|| other.user.clone()),
            port: self.port.or_else(|| other.port.clone()),
            key: self.key.or_else(|| other.key.clone()),
            common: self.common.or_else(|| other.common.clone()),
            extra: self.extra.or_else(|| other.extra.clone()),
        }
    }

    fn target(self, name: &str) -> std::result::Result<Target, String> {
        let Variables { address, user, port, key, common, extra } = self;
        let mut options: Vec<String> = key.into_iter().flat_map(|key| ["-i".to_owned(), key]).collect();
        for line in [common, extra].into_iter().flatten() {
            if line.contains("{{") {
                return Err(format!("`{name}` has options for ssh that Ansible has to fill in: `{line}`"));
            }
            options.extend(
                words(&line).ok_or_else(|| format!("`{name}` has options for ssh with a quote without its end: `{line}`"))?,
            );
        }
        let port = port.map(|port| port.parse().map_err(|_| format!("`{name}` has the port `{port}`, which is none")));
        let host = address.as_deref().unwrap_or(name);
        let address = match user {
            Some(user) if !host.contains('@') => Some(format!("{user}@{host}")),
            _ => address,
        };
        Ok(Target { name: name.to_owned(), address, port: port.transpose()?, options })
    }
}

/// A name a line, or Ansible's sections.
fn ini(text: &str) -> std::result::Result<Inventory, String> {
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
                let mut variables = Variables { port: port.map(str::to_owned), ..Variables::default() };
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

/// A machine and the port behind its name, `web1:2222` or `[::1]:22`. Of more colons it is an address.
fn with_port(text: &str) -> (&str, Option<&str>) {
    let parted = text.rsplit_once(':').filter(|(name, port)| {
        let is_address = name.contains(':') && !name.contains('[');
        !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) && !name.is_empty() && !is_address
    });
    match parted {
        Some((name, port)) => (name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name), Some(port)),
        None => (text, None),
    }
}

/// A line up to a `#` or `;` that begins a word.
fn without_comment(line: &str) -> &str {
    let begins = |at: usize| at == 0 || line[..at].ends_with(char::is_whitespace);
    line.char_indices().find(|&(at, c)| (c == '#' || c == ';') && begins(at)).map_or(line, |(at, _)| &line[..at])
}

fn unquoted(value: &str) -> &str {
    let within = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    within('"').or_else(|| within('\'')).unwrap_or(value)
}

fn yaml(text: &str) -> std::result::Result<Inventory, String> {
    let value: Value = serde_saphyr::from_str(text).map_err(|error| error.to_string())?;
    let mut inventory = Inventory::default();
    match value {
        Value::Null => {}
        Value::Object(groups) => groups.iter().try_for_each(|(name, group)| yaml_group(&mut inventory, name, group, 0))?,
        Value::Array(names) => {
            for name in names {
                let name = name.as_str().ok_or("a list has the names of machines")?;
                for name in expand(name).map_err(|error| error.to_string())? {
                    inventory.host(&name);
                }
            }
        }
        _ => return Err("groups with `hosts` and `children` are expected".to_owned()),
    }
    Ok(inventory)
}

fn yaml_group(inventory: &mut Inventory, name: &str, group: &Value, depth: usize) -> std::result::Result<(), String> {
    if depth > 100 {
        return Err(format!("the group `{name}` is within too many others"));
    }
    if name == "_meta" {
        return meta(inventory, group);
    }
    inventory.group(name);
    let none = Map::new();
    let entries = |key: &str| match group.get(key) {
        None | Some(Value::Null) => Ok(none.clone()),
        Some(Value::Object(entries)) => Ok(entries.clone()),
        // As `ansible-inventory --list` has them.
        Some(Value::Array(names)) if names.iter().all(Value::is_string) => {
            Ok(names.iter().filter_map(|name| Some((name.as_str()?.to_owned(), Value::Null))).collect())
        }
        Some(_) => Err(format!("`{key}` of the group `{name}` should have a name on each line, with a `:` behind it")),
    };
    for (key, value) in entries("vars")? {
        inventory.group(name).variables.set(&key, &scalar(&value));
    }
    for (pattern, variables) in entries("hosts")? {
        let (pattern, port) = with_port(&pattern);
        let mut said = Variables { port: port.map(str::to_owned), ..Variables::default() };
        for (key, value) in variables.as_object().unwrap_or(&none) {
            said.set(key, &scalar(value));
        }
        for host in expand(pattern).map_err(|error| error.to_string())? {
            let known = inventory.host(&host);
            known.variables = said.clone().or(&known.variables);
            inventory.group(name).hosts.push(host);
        }
    }
    for (child, group) in entries("children")? {
        inventory.group(name).children.push(child.clone());
        yaml_group(inventory, &child, &group, depth + 1)?;
    }
    Ok(())
}

/// The variables of machines, where `ansible-inventory --list` has them.
fn meta(inventory: &mut Inventory, meta: &Value) -> std::result::Result<(), String> {
    for (host, variables) in meta.get("hostvars").and_then(Value::as_object).into_iter().flatten() {
        let mut said = Variables::default();
        for (key, value) in variables.as_object().into_iter().flatten() {
            said.set(key, &scalar(value));
        }
        inventory.host(host).variables = said;
    }
    Ok(())
}

fn scalar(value: &Value) -> String {
    value.as_str().map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned)
}

/// The names that a pattern such as `web[01-20,30]` or `db[a:c]` stands for.
pub(super) fn expand(pattern: &str) -> Outcome<Vec<String>> {
    let wrong = |why: &str| Error::Usage(format!("`{}`: {why}", pattern.escape_debug()));
    let mut names = vec![String::new()];
    let mut rest = pattern;
    while let Some((before, within, after)) = next_range(rest) {
        let mut values = Vec::new();
        for part in within.split(',') {
            values.extend(range(part).ok_or_else(|| wrong("a range goes from a number or letter to a later one"))?);
        }
        if names.len().saturating_mul(values.len()) > MOST {
            return Err(wrong("that is more than 100,000 machines"));
        }
        names = names.iter().flat_map(|name| values.iter().map(move |value| format!("{name}{before}{value}"))).collect();
        rest = after;
    }
    names.iter_mut().for_each(|name| name.push_str(rest));
    Ok(names)
}

/// What stands before a range, in it, and behind it. An address in brackets is none.
fn next_range(text: &str) -> Option<(&str, &str, &str)> {
    let open = text.find('[')?;
    let close = open + text[open..].find(']')?;
    let within = &text[open + 1..close];
    is_range(within).then(|| (&text[..open], within, &text[close + 1..]))
}

fn is_range(text: &str) -> bool {
    let is_end = |end: &str| !end.is_empty() && (end.bytes().all(|byte| byte.is_ascii_digit()) || end.len() == 1);
    let parts = || text.split(',').map(|part| part.split_once(['-', ':']));
    let alnum = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b",-:".contains(&byte));
    alnum
        && text.contains(|c: char| c.is_ascii_alphanumeric())
        && parts().any(|part| part.is_some() || text.contains(','))
        && text.split(',').zip(parts()).all(|(whole, part)| match part {
            Some((from, to)) => is_end(from) && is_end(with_step(to).0),
            None => is_end(whole),
        })
}

/// The values of one part of a range, padded as its beginning is.
fn range(text: &str) -> Option<Vec<String>> {
    let Some((from, to)) = text.split_once(['-', ':']) else { return Some(vec![text.to_owned()]) };
    let (to, step) = with_step(to);
    let step = step.parse().ok().filter(|&step: &usize| step > 0)?;
    if let (Ok(first), Ok(last)) = (from.parse::<u32>(), to.parse::<u32>()) {
        let fits = last >= first && ((last - first) as usize) < MOST;
        return fits
            .then(|| (first..=last).step_by(step).map(|number| format!("{number:0width$}", width = from.len())).collect());
    }
    let (first, last) = (from.chars().next()?, to.chars().next()?);
    (first.is_ascii_alphabetic() && last.is_ascii_alphabetic() && first <= last)
        .then(|| (first..=last).filter(char::is_ascii_alphabetic).step_by(step).map(String::from).collect())
}

/// The end of a range, and the step behind it.
fn with_step(end: &str) -> (&str, &str) {
    end.split_once(':').unwrap_or((end, "1"))
}

/// The machines that files in the form of `ssh_config` name and a pattern fits.
pub(super) fn aliases(pattern: &str, configurations: &[PathBuf]) -> Outcome<Vec<Target>> {
    let mut names = Vec::new();
    let mut open: Vec<PathBuf> = configurations.iter().rev().cloned().collect();
    let mut read = 0;
    while let Some(path) = open.pop() {
        read += 1;
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        for line in text.lines() {
            let mut words = line.split(|c: char| c.is_whitespace() || c == '=').filter(|word| !word.is_empty());
            match words.next().map(str::to_ascii_lowercase).as_deref() {
                Some("host") => {
                    names.extend(words.map(unquoted).filter(|name| !name.contains(['*', '?', '!'])).map(str::to_owned))
                }
                Some("include") if read < MOST_FILES => {
                    words.for_each(|word| open.extend(included(unquoted(word), &path)));
                }
                _ => {}
            }
        }
    }
    let mut seen = HashSet::new();
    let found: Vec<Target> =
        names.into_iter().filter(|name| fits(pattern, name) && seen.insert(name.clone())).map(Target::new).collect();
    if found.is_empty() {
        let message = format!("no `Host` of ssh_config fits `{pattern}`");
        return Err(Error::Usage(message));
    }
    Ok(found)
}

/// The files that an `Include` names: relative to the folder of the file it is in, with `*` and `?` in the last part.
fn included(pattern: &str, by: &Path) -> Vec<PathBuf> {
    let path = match pattern.strip_prefix("~/") {
        Some(rest) => std::env::home_dir().unwrap_or_default().join(rest),
        None => by.parent().unwrap_or(Path::new("")).join(pattern),
    };
    let Some(name) = path.file_name().and_then(|name| name.to_str()).filter(|name| name.contains(['*', '?'])) else {
        return vec![path];
    };
    let entries = path.parent().and_then(|folder| std::fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .filter(|entry| entry.file_name().to_str().is_some_and(|entry| fits(name, entry)))
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}

/// Whether a name fits a pattern with `*` and `?`.
fn fits(pattern: &str, name: &str) -> bool {
    let (pattern, name): (Vec<char>, Vec<char>) = (pattern.chars().collect(), name.chars().collect());
    // Where to go on, if what follows the last star does not fit: the pattern behind it, and one character further in the name.
    let (mut at, mut in_name, mut star) = (0, 0, None);
    while in_name < name.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at + 1, in_name));
                at += 1;
            }
            Some(&c) if c == '?' || c == name[in_name] => {
                at += 1;
                in_name += 1;
            }
            _ => match &mut star {
                Some((behind, from)) => {
                    *from += 1;
                    (at, in_name) = (*behind, *from);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|&c| c == '*')
}

#[cfg(test)]
#[path = "inventory/tests.rs"]
mod tests;
