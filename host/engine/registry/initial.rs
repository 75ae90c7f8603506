//! What tells at a glance that a plugin does not read a command. The build script uses the same.

/// The bit that stands for what a command begins with.
pub(crate) fn initial(command: &str) -> u128 {
    command.bytes().next().map_or(0, |byte| 1 << (byte % 128))
}
