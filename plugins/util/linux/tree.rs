//! Trees that are drawn before names.

/// Takes the lines of a tree off a name. Returns how deep it stands, and the name.
pub(crate) fn split(text: &[u8]) -> (usize, &[u8]) {
    const PARTS: [&[u8]; 8] = ["├─".as_bytes(), "└─".as_bytes(), "│ ".as_bytes(), b"|-", b"`-", b"| ", b"  ", "└┬".as_bytes()];
    let mut rest = text;
    // A line of the tree that nothing follows has lost its blank.
    if let Some(before) = rest
        .strip_suffix("│".as_bytes())
        .or_else(|| rest.strip_suffix(b"|"))
        .filter(|before| before.iter().all(|byte| !byte.is_ascii_alphanumeric()))
    {
        return (before.len(), b"");
    }
    let mut depth = 0;
    while let Some(after) = PARTS.iter().find_map(|part| rest.strip_prefix(*part)) {
        depth += 1;
        rest = after;
    }
    (depth, rest)
}

/// The names on the way from the root to the one that was read last; empty where one is not known.
#[derive(Default)]
pub(crate) struct Way(Vec<Vec<u8>>);

impl Way {
    /// Steps to a name at this depth. Returns its parent's, where that is known.
    pub(crate) fn step(&mut self, depth: usize, name: &[u8]) -> Option<&[u8]> {
        // The memory of a name that ends here is used again.
        self.0.resize(depth + 1, Vec::new());
        let own = &mut self.0[depth];
        own.clear();
        own.extend_from_slice(name);
        self.0.get(depth.checked_sub(1)?).map(Vec::as_slice).filter(|parent| !parent.is_empty())
    }

    /// After a row that could not be read, nobody knows what the next ones hang from.
    pub(crate) fn lose(&mut self) {
        self.0.clear();
    }
}
