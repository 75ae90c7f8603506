//! The folders `group_vars` and `host_vars` beside an inventory, as far as they say how machines are reached.
//!
//! Of a group or machine `web` that is the file `web`, `web.yml`, `web.yaml` or `web.json` there, the first that is there, or all files in a
//! folder `web`. A file that `ansible-vault` has encrypted as a whole is passed over: what is in it, only Ansible can say.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::groups::Inventory;
use super::variables::Variables;
use super::yaml::scalar;

/// How such files may end.
const ENDINGS: [&str; 4] = ["", ".yml", ".yaml", ".json"];

/// Folders within one another.
const MOST_DEPTH: usize = 10;

/// Takes what the folders say of the groups and machines of an inventory. Says which file is wrong.
pub(super) fn read(inventory: &mut Inventory, folder: &Path) -> Result<(), String> {
    let groups = folder.join("group_vars");
    if groups.is_dir() {
        // Two groups that every inventory has.
        inventory.group("all");
        let alone = inventory.hosts_without_group();
        inventory.group("ungrouped").hosts.extend(alone);
        for group in &mut inventory.groups {
            group.beside = variables(&groups, &group.name)?;
        }
    }
    let hosts = folder.join("host_vars");
    if hosts.is_dir() {
        for host in &mut inventory.hosts {
            host.beside = variables(&hosts, &host.name)?;
        }
    }
    Ok(())
}

/// What the files of one group or machine say.
fn variables(folder: &Path, name: &str) -> Result<Variables, String> {
    let mut variables = Variables::default();
    // A name is no way to other folders.
    if name.contains('/') || name.starts_with('.') {
        return Ok(variables);
    }
    let path = ENDINGS.iter().map(|ending| folder.join(format!("{name}{ending}"))).find(|path| path.exists());
    let mut files = Vec::new();
    if let Some(path) = path {
        collect(&path, 0, &mut files);
    }
    for path in files {
        let wrong = |error: &dyn std::fmt::Display| format!("`{}`: {error}", path.display());
        let text = fs::read_to_string(&path).map_err(|error| wrong(&error))?;
        if text.starts_with("$ANSIBLE_VAULT;") {
            continue;
        }
        match serde_saphyr::from_str(&text).map_err(|error| wrong(&error))? {
            Value::Null => {}
            Value::Object(entries) => entries.iter().for_each(|(name, value)| variables.set(name, &scalar(value))),
            _ => return Err(wrong(&"variables are expected, each a name and a value")),
        }
    }
    Ok(variables)
}

/// A file, or those in a folder, in the order of their names.
fn collect(path: &Path, depth: usize, files: &mut Vec<PathBuf>) {
    if !path.is_dir() {
        files.push(path.to_owned());
        return;
    }
    if depth >= MOST_DEPTH {
        return;
    }
    let mut entries: Vec<PathBuf> = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for entry in entries {
        let name = entry.file_name().unwrap_or_default().to_string_lossy();
        let ending = name.rfind('.').map_or("", |dot| &name[dot..]);
        if !name.starts_with('.') && !name.ends_with('~') && (entry.is_dir() || ENDINGS.contains(&ending)) {
            collect(&entry, depth + 1, files);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The machines of an inventory with such files beside it: where each is reached.
    fn reached(inventory: &str, files: &[(&str, &str)]) -> Result<Vec<String>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hosts");
        fs::write(&path, inventory).unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let targets = super::super::read(&path, None).map_err(|error| error.to_string())?;
        let port = |port: Option<u16>| port.map_or_else(String::new, |port| format!(":{port}"));
        Ok(targets.iter().map(|target| format!("{}={}{}", target.name, target.destination(), port(target.port))).collect())
    }

    #[test]
    fn what_is_beside_an_inventory_is_said_of_its_groups_and_machines() {
        let inventory = "alone\n[web]\na\nb ansible_port=1\n[web:vars]\nansible_user=inside\n[all:vars]\nansible_port=2\n";
        let files = [
            ("group_vars/all.yml", "ansible_user: anyone\nansible_port: 3\n"),
            ("group_vars/web/main.yml", "---\nansible_user: deploy\n"),
            ("group_vars/web/old.yml~", "ansible_user: old\n"),
            ("group_vars/web/secret.yml", "$ANSIBLE_VAULT;1.1;AES256\n3132\n"),
            ("host_vars/b.yaml", "{ansible_host: 10.0.0.7}"),
            ("host_vars/a", ""),
            ("group_vars/other.yml", "not: [read"),
        ];
        assert_eq!(reached(inventory, &files).unwrap(), ["alone=anyone@alone:3", "a=deploy@a:3", "b=deploy@10.0.0.7:1"]);
        let ungrouped = ("group_vars/ungrouped.yml", "ansible_user: lonely\n");
        let inventory = format!("said ansible_user=itself\n{inventory}");
        let reached = reached(&inventory, &[files[0], ungrouped]).unwrap();
        assert_eq!(reached, ["said=itself@said:3", "alone=lonely@alone:3", "a=anyone@a:3", "b=anyone@b:1"]);
    }

    #[test]
    fn a_file_that_cannot_be_understood_is_named() {
        let wrong = |text: &str| reached("[web]\na\n", &[("group_vars/web.yml", text)]).unwrap_err();
        assert!(wrong("a: [").contains("group_vars/web.yml`: "), "{}", wrong("a: ["));
        assert!(wrong("- a").contains("variables are expected"));
        assert!(wrong("ansible_user: '{{ who }}'\nansible_ssh_private_key_file: '{{ key }}'").contains("Ansible has to fill in"));
    }

    #[test]
    fn a_name_leads_to_no_other_folder() {
        let files = [("group_vars/all.yml", ""), ("secret.yml", "ansible_user: x")];
        assert_eq!(reached("[../secret]\na\n", &files).unwrap(), ["a=a"]);
    }
}
