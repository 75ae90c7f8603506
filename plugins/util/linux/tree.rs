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

/// The names on the way from the root to the one that was read last.
#[derive(Default)]
pub(crate) struct Way(Vec<Vec<u8>>);

impl Way {
    /// Steps to a name at this depth. Returns its parent's.
    pub(crate) fn step(&mut self, depth: usize, name: &[u8]) -> Option<&[u8]> {
        // The memory of a name that ends here is used again.
        let mut own = if self.0.len() > depth { self.0.drain(depth..).next().unwrap_or_default() } else { Vec::new() };
        own.clear();
        own.extend_from_slice(name);
        self.0.push(own);
        // Not where the steps between are missing.
        let parent = depth.checked_sub(1).filter(|_| self.0.len() == depth + 1)?;
        self.0.get(parent).map(Vec::as_slice)
    }
}
