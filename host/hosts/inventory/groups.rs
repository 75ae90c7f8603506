//! What an inventory says, whichever form it has, and which machines that makes of it: groups within groups, and the variable that goes
//! before the others.

use std::collections::HashSet;

use super::super::target::Target;
use super::variables::Variables;

/// What a file says, before groups are resolved.
#[derive(Default)]
pub(super) struct Inventory {
    pub(super) hosts: Vec<Host>,
    pub(super) groups: Vec<Group>,
}

#[derive(Default)]
pub(super) struct Host {
    pub(super) name: String,
    pub(super) variables: Variables,
    /// Those that a file beside the inventory has for it.
    pub(super) beside: Variables,
}

#[derive(Default)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) hosts: Vec<String>,
    pub(super) children: Vec<String>,
    pub(super) variables: Variables,
    /// Those that files beside the inventory have for it.
    pub(super) beside: Variables,
}

impl Inventory {
    pub(super) fn host(&mut self, name: &str) -> &mut Host {
        let place = self.hosts.iter().position(|host| host.name == name).unwrap_or_else(|| {
            self.hosts.push(Host { name: name.to_owned(), ..Host::default() });
            self.hosts.len() - 1
        });
        &mut self.hosts[place]
    }

    pub(super) fn group(&mut self, name: &str) -> &mut Group {
        let place = self.groups.iter().position(|group| group.name == name).unwrap_or_else(|| {
            self.groups.push(Group { name: name.to_owned(), ..Group::default() });
            self.groups.len() - 1
        });
        &mut self.groups[place]
    }

    /// The machines that are in no group but the one of all.
    pub(super) fn hosts_without_group(&self) -> Vec<String> {
        let grouped: HashSet<&str> = self
            .groups
            .iter()
            .filter(|group| group.name != "all")
            .flat_map(|group| group.hosts.iter().map(String::as_str))
            .collect();
        self.hosts.iter().map(|host| host.name.clone()).filter(|name| !grouped.contains(name.as_str())).collect()
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

    pub(super) fn targets(&self, group: Option<&str>) -> std::result::Result<Vec<Target>, String> {
        let wanted = match group.filter(|&name| name != "all") {
            None => None,
            Some(name) => Some(self.members(name).ok_or_else(|| {
                let known: Vec<&str> = self
                    .groups
                    .iter()
                    .map(|group| group.name.as_str())
                    .filter(|name| !["all", "ungrouped"].contains(name))
                    .collect();
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
                // As Ansible has it: what is said of a machine goes before what is said of its groups, what files beside the inventory
                // say of a group before what it says itself, and of groups the innermost first; of those that are as far within the last
                // by name.
                let mut groups: Vec<_> = members
                    .iter()
                    .filter(|(group, members)| group.name == "all" || members.contains(host.name.as_str()))
                    .map(|(group, _)| *group)
                    .collect();
                groups.sort_by_key(|group| std::cmp::Reverse((self.depth(&group.name, 0), &group.name)));
                let of_groups = groups.iter().map(|group| &group.beside).chain(groups.iter().map(|group| &group.variables));
                let said = of_groups.fold(host.beside.clone().or(&host.variables), |said, more| said.or(more));
                said.target(&host.name)
            })
            .collect()
    }
}
