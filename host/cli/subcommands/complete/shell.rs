//! The shells that can be helped.

use clap::ValueEnum;

/// How to use the scripts.
pub(crate) const EXAMPLES: &str = "\
Examples:
  source <(outparse completions bash)    # in ~/.bashrc
  source <(outparse completions zsh)     # in ~/.zshrc, after compinit
  outparse completions fish | source     # in ~/.config/fish/config.fish";

/// A shell that can be helped.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Shell {
    /// With bash-completion, also the arguments of the command
    Bash,
    /// After compinit
    Zsh,
    /// From version 3.4
    Fish,
}
