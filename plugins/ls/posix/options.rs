//! What the arguments of ls settle, where they are known.

/// The flags that change how a line is read.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// Whether the arguments are known at all.
    pub(crate) known: bool,
    /// Files and directories named.
    pub(crate) operands: usize,
    /// `-R`
    pub(crate) recursive: bool,
    /// `-i`
    pub(crate) inode: bool,
    /// `-s`
    pub(crate) blocks: bool,
    /// `-b`: `\n` and the like in names.
    pub(crate) escaped: bool,
    /// `-Q`: names in double quotes, with `\n` and the like inside.
    pub(crate) quoted: bool,
    /// `-F`, `-p`: a character after the name shows the type.
    pub(crate) indicators: &'static [u8],
    /// `--si`
    pub(crate) decimal: bool,
    /// `-g`: no owner.
    pub(crate) no_owner: bool,
    /// Why output under these arguments cannot be read.
    pub(crate) unreadable: Option<String>,
}

impl Options {
    pub(crate) fn read(arguments: Option<&[String]>) -> Options {
        let mut options = Options { known: arguments.is_some(), ..Options::default() };
        let mut only_operands = false;
        for argument in arguments.unwrap_or_default() {
            match argument.strip_prefix('-') {
                Some("-") if !only_operands => only_operands = true,
                Some(flags) if !only_operands && !flags.is_empty() => match flags.strip_prefix('-') {
                    Some(long) => options.long(long),
                    None => options.short(flags),
                },
                _ => options.operands += 1,
            }
        }
        options
    }

    fn long(&mut self, option: &str) {
        let (name, value) = option.split_once('=').unwrap_or((option, ""));
        match (name, value) {
            ("recursive", _) => self.recursive = true,
            ("inode", _) => self.inode = true,
            ("size", _) => self.blocks = true,
            ("escape", _) | ("quoting-style", "escape") => self.escaped = true,
            ("quote-name", _) | ("quoting-style", "c") => self.quoted = true,
            ("classify", "" | "always") | ("indicator-style", "classify") => self.indicators = b"*/=>@|",
            ("file-type", _) | ("indicator-style", "file-type") => self.indicators = b"/=>@|",
            ("indicator-style", "slash") => self.indicators = b"/",
            ("si", _) => self.decimal = true,
            ("format", "across" | "commas" | "horizontal" | "vertical") => self.many_on_a_line(),
            ("zero" | "dired", _) | ("block-size", _) => {
                self.unreadable = Some(format!("`ls --{name}` is not understood here; leave it out"));
            }
            _ => {}
        }
    }

    fn short(&mut self, flags: &str) {
        for flag in flags.chars() {
            match flag {
                'R' => self.recursive = true,
                'i' => self.inode = true,
                's' => self.blocks = true,
                'b' => self.escaped = true,
                'Q' => self.quoted = true,
                'F' => self.indicators = b"*/=>@|",
                'p' => self.indicators = b"/",
                'g' => self.no_owner = true,
                'C' | 'x' | 'm' => self.many_on_a_line(),
                '1' | 'l' | 'n' | 'o' => self.unreadable = None,
                // The rest is their value.
                'I' | 'w' => return,
                _ => {}
            }
        }
    }

    fn many_on_a_line(&mut self) {
        self.unreadable = Some("`ls` with several names on a line cannot be taken apart; use `ls -1`".to_owned());
    }
}
