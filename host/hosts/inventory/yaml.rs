//! Inventories in YAML, and in the JSON that `ansible-inventory --list` prints.

use serde_json::{Map, Value};

use super::super::names::{expand, with_port};
use super::groups::Inventory;
use super::variables::Variables;

/// Reads groups with their `hosts`, `vars` and `children`, or a list of names.
pub(super) fn read(text: &str) -> std::result::Result<Inventory, String> {
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
        let mut said = Variables::of_port(port);
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

/// A value as text: empty for none.
pub(super) fn scalar(value: &Value) -> String {
    value.as_str().map_or_else(|| if value.is_null() { String::new() } else { value.to_string() }, str::to_owned)
}
