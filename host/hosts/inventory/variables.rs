//! What an inventory says about reaching a machine, in the variables that Ansible has for it.

use super::super::command_line::words;
use super::super::target::Target;

/// What an inventory says about reaching a machine.
#[derive(Clone, Default)]
pub(super) struct Variables {
    address: Option<String>,
    user: Option<String>,
    port: Option<String>,
    key: Option<String>,
    /// Options of the client, for all that it does and for ssh only.
    common: Option<String>,
    extra: Option<String>,
}

impl Variables {
    /// Those of a machine that is named with a port.
    pub(super) fn of_port(port: Option<&str>) -> Variables {
        Variables { port: port.map(str::to_owned), ..Variables::default() }
    }

    /// Takes a variable of Ansible's, if it is about reaching a machine.
    pub(super) fn set(&mut self, name: &str, value: &str) {
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

    pub(super) fn or(self, other: &Variables) -> Variables {
        Variables {
            address: self.address.or_else(|| other.address.clone()),
            user: self.user.or_else(|| other.user.clone()),
            port: self.port.or_else(|| other.port.clone()),
            key: self.key.or_else(|| other.key.clone()),
            common: self.common.or_else(|| other.common.clone()),
            extra: self.extra.or_else(|| other.extra.clone()),
        }
    }

    pub(super) fn target(self, name: &str) -> std::result::Result<Target, String> {
        let Variables { address, user, port, key, common, extra } = self;
        if let Some(key) = key.as_ref().filter(|key| key.contains("{{")) {
            return Err(format!("`{name}` has a key that Ansible has to fill in: `{key}`"));
        }
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
