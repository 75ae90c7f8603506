//! A machine that a command is to run on.

use std::collections::HashSet;

/// A machine that a command is to run on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// What it is called here, and in the records.
    pub name: String,
    /// What the client is told to connect to, where that is not the name: `admin@10.0.0.7`.
    pub address: Option<String>,
    /// The port, where the client is not to choose it.
    pub port: Option<u16>,
    /// More options for the client, a word each. Those of its own command line go before them.
    pub options: Vec<String>,
}

impl Target {
    /// A machine that the client knows by this name.
    pub fn new(name: impl Into<String>) -> Target {
        Target { name: name.into(), ..Target::default() }
    }

    /// What the client connects to.
    pub fn destination(&self) -> &str {
        self.address.as_deref().unwrap_or(&self.name)
    }
}

/// The machines, each once, and the names of those that came again: by their name, or by where they are.
pub fn without_duplicates(targets: Vec<Target>) -> (Vec<Target>, Vec<String>) {
    let (mut names, mut places) = (HashSet::new(), HashSet::new());
    let (once, again): (Vec<_>, Vec<_>) = targets.into_iter().partition(|target| {
        let new = !names.contains(&target.name)
            && places.insert((target.destination().to_owned(), target.port, target.options.clone()));
        new && names.insert(target.name.clone())
    });
    (once, again.into_iter().map(|target| target.name).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_that_are_named_twice_are_asked_once() {
        let (once, again) = without_duplicates(Target::list("a,b,a,c,b").unwrap());
        assert_eq!(once.into_iter().map(|target| target.name).collect::<Vec<_>>(), ["a", "b", "c"]);
        assert_eq!(again, ["a", "b"]);
        // What two machines of one name print could not be told apart.
        let other = Target { address: Some("b".to_owned()), ..Target::new("a") };
        assert_eq!(without_duplicates(vec![Target::new("a"), other.clone()]).1, ["a"]);
        assert_eq!(without_duplicates(vec![Target::new("b"), other]).1, ["a"]);
    }
}
