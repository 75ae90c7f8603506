//! What the client says of its connection, in a log of its own: what the machine itself says never gets there.

use super::outcome::Verdict;

/// Bytes of the log that are kept to be looked at, and lines of it.
const MOST: usize = 64 << 10;

/// How the steps begin that a client takes once the machine has let us in. Versions differ in which of them they tell, and in whether
/// `Authenticated to` is a step or a line of its own.
const LET_IN: [&str; 4] = [
    "Authenticated to ",
    "Authentication succeeded",
    "Entering interactive session",
    "mux_client_request_session: master session",
];

/// How far the client is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// It begins, and looks the machine up.
    #[default]
    Starting,
    /// It waits for the network.
    Connecting,
    /// Somebody has answered.
    Connected,
    /// The machine lets us in.
    Authenticated,
}

/// The log of one connection.
#[derive(Default)]
pub(super) struct Log {
    held: Vec<u8>,
    stage: Stage,
    /// What the client complains of.
    complaints: Vec<String>,
    bytes: usize,
    has_begun: bool,
    exit_status: Option<i32>,
    /// What ran there was killed, as the machine says.
    was_killed: bool,
    /// The machine has closed the channel that the command ran on.
    is_closed: bool,
}

impl Log {
    pub(super) fn stage(&self) -> Stage {
        self.stage
    }

    /// The exit status of what ran on a device, once that has ended it. Many give none, and only close the channel: that is a 0. A
    /// connection that is cut closes nothing.
    pub(super) fn exit_status_of_device(&self) -> Option<i32> {
        self.exit_status.filter(|&status| status >= 0 || self.is_closed).map(|status| status.max(0))
    }

    /// Whether the client has written nothing, as OpenSSH's never does for long.
    pub(super) fn is_silent(&self) -> bool {
        !self.has_begun
    }

    /// The exit status of what ran there, where the machine gave one. A client ends with 255 when it has no connection, and also when what
    /// ran ended so: only this tells the two apart.
    pub(super) fn exit_status(&self) -> Option<i32> {
        self.exit_status.filter(|&status| status >= 0)
    }

    /// Why the output broke off although it has no end.
    pub(super) fn why_it_broke_off(&self) -> String {
        match self.exit_status() {
            _ if self.was_killed => "the shell that ran the command was killed there".to_owned(),
            Some(status) => format!("the shell that ran the command ended before it, with exit status {status}"),
            None => self
                .complaints
                .last()
                .map_or_else(|| "the connection ended while the command ran".to_owned(), |line| shortened(line)),
        }
    }

    /// Takes what was read.
    pub(super) fn take(&mut self, bytes: &[u8]) {
        self.has_begun |= !bytes.is_empty();
        self.held.extend_from_slice(bytes);
        while let Some(end) = memchr::memchr(b'\n', &self.held) {
            let line: Vec<u8> = self.held.drain(..=end).collect();
            self.line(String::from_utf8_lossy(&line).trim());
        }
        // The client writes no such lines. Memory stays bounded all the same.
        if self.held.len() > MOST {
            self.held.clear();
        }
    }

    fn line(&mut self, line: &str) {
        if let Some(step) = line.strip_prefix("debug1: ") {
            if let Some(status) = step.strip_prefix("Exit status ") {
                self.exit_status = status.parse().ok();
                return;
            }
            self.was_killed |= step.contains(" rtype exit-signal ");
            let stage = if LET_IN.iter().any(|begin| step.starts_with(begin)) {
                Stage::Authenticated
            } else if step.starts_with("Connection established") || step.starts_with("Executing proxy command") {
                Stage::Connected
            } else if step.starts_with("Connecting to") {
                Stage::Connecting
            } else {
                return;
            };
            self.stage = self.stage.max(stage);
        } else if line.starts_with("debug2: ") {
            self.is_closed |= line.ends_with(": rcvd close");
        } else if line.starts_with("Authenticated to ") {
            self.stage = Stage::Authenticated;
        } else if !line.is_empty() && !is_remark(line) && self.bytes + line.len() < MOST {
            self.bytes += line.len();
            self.complaints.push(outparse::words::plain(line, 300));
        }
    }

    fn complains_of(&self, words: &[&str]) -> bool {
        self.complaints.iter().any(|line| words.iter().any(|word| line.contains(word)))
    }

    /// Why there is no connection, for a client that gave up before anything ran.
    pub(super) fn verdict(&self) -> (Verdict, String) {
        let last = self.complaints.last().cloned();
        if self.complains_of(&["REMOTE HOST IDENTIFICATION HAS CHANGED", "HOST KEY IS REVOKED", "REVOKED HOST KEY"]) {
            return (Verdict::HostKey, "the machine's key is not the one that is known for it".to_owned());
        }
        if self.complains_of(&[
            "Host key verification failed",
            "No matching host key",
            "No ED25519 host key is known",
            "host key is known for",
        ]) {
            return (
                Verdict::HostKey,
                "the machine's key is not known: connect once by hand, or add it to known_hosts".to_owned(),
            );
        }
        if self.complains_of(&["Permission denied (", "Too many authentication failures", "No more authentication methods"]) {
            return (Verdict::Auth, last.unwrap_or_default());
        }
        let ended = || "the connection ended before the command began".to_owned();
        (Verdict::Unreachable, last.map_or_else(ended, |line| shortened(&line)))
    }

    /// Whether the other end dropped us before it let us in, as a busy machine does: then another try may help, and nothing can have
    /// run.
    pub(super) fn was_dropped(&self) -> bool {
        self.stage < Stage::Authenticated
            && self.complains_of(&[
                "kex_exchange_identification",
                "Connection reset by",
                "Connection closed by",
                "ssh_exchange_identification",
            ])
            && self.verdict().0 == Verdict::Unreachable
    }
}

/// A complaint without the client's own name before it.
fn shortened(line: &str) -> String {
    line.trim_start_matches("ssh: ").to_owned()
}

/// Whether a line is no complaint, and so cannot be the reason why there is no connection.
fn is_remark(line: &str) -> bool {
    [
        "Warning:",
        "OpenSSH_",
        "** WARNING",
        "** This session",
        "** The server",
        "Pseudo-terminal",
        "debug",
        "@@@",
        "Transferred: ",
        "Bytes per second: ",
    ]
    .iter()
    .any(|start| line.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_gives_no_exit_status_has_to_close_its_channel() {
        let status = |text: &str| {
            let mut log = Log::default();
            log.take(text.as_bytes());
            log.exit_status_of_device()
        };
        assert_eq!(status("debug1: Exit status 3\n"), Some(3));
        assert_eq!(status("debug2: channel 0: rcvd close\ndebug1: Exit status -1\n"), Some(0));
        assert_eq!(status("debug2: channel 0: close_read\ndebug1: Exit status -1\n"), None);
        assert_eq!(status("debug2: channel 0: rcvd close\n"), None);
    }

    fn log(text: &str) -> Log {
        let mut log = Log::default();
        text.as_bytes().chunks(7).for_each(|piece| log.take(piece));
        log
    }

    #[test]
    fn stages_are_what_the_client_says() {
        let steps = [
            "debug1: Connecting to a [::1] port 22.\n",
            "debug1: Connection established.\n",
            "Authenticated to a ([::1]:22) using \"publickey\".\n",
        ];
        let stages = [Stage::Connecting, Stage::Connected, Stage::Authenticated];
        for (count, stage) in stages.into_iter().enumerate() {
            assert_eq!(log(&steps[..=count].concat()).stage(), stage);
        }
        assert_eq!(log("debug1: Authenticated to a using x\n").stage(), Stage::Authenticated);
        assert_eq!(log("debug1: Entering interactive session.\n").stage(), Stage::Authenticated);
    }

    #[test]
    fn why_it_broke_off_is_not_how_much_was_sent() {
        let sent = "Authenticated to a ([::1]:22) using \"publickey\".\nTransferred: sent 3472, received 3312 bytes, in 0.1 seconds\n\
                    Bytes per second: sent 27947.9, received 26660.0\n";
        let why = |more: &str| log(&format!("{sent}{more}")).why_it_broke_off();
        assert_eq!(why("debug1: Exit status -1\n"), "the connection ended while the command ran");
        let killed = "debug1: client_input_channel_req: channel 0 rtype exit-signal reply 0\ndebug1: Exit status -1\n";
        assert_eq!(why(killed), "the shell that ran the command was killed there");
        assert_eq!(why("debug1: Exit status 137\n"), "the shell that ran the command ended before it, with exit status 137");
        assert_eq!(why("Connection to a closed by remote host.\n"), "Connection to a closed by remote host.");
    }

    #[test]
    fn reasons_are_told_apart() {
        let verdict = |text: &str| log(text).verdict();
        assert_eq!(
            verdict("ssh: connect to host a port 1: Connection refused\r\n").1,
            "connect to host a port 1: Connection refused"
        );
        assert_eq!(verdict("me@a: Permission denied (publickey).\n").0, Verdict::Auth);
        assert_eq!(verdict("Host key verification failed.\n").0, Verdict::HostKey);
        let changed = "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\nHost key verification failed.\n";
        assert!(verdict(changed).1.contains("not the one"));
        assert_eq!(verdict("").0, Verdict::Unreachable);
    }

    #[test]
    fn only_what_cannot_have_run_is_tried_again() {
        let reset = "kex_exchange_identification: read: Connection reset by peer\nConnection reset by 10.0.0.1 port 22\n";
        assert!(log(reset).was_dropped());
        assert!(!log(&format!("Authenticated to a ([::1]:22) using x\n{reset}")).was_dropped());
        assert!(!log("ssh: connect to host a port 1: Connection refused\n").was_dropped());
        assert!(!log("me@a: Permission denied (publickey).\nConnection closed by a\n").was_dropped());
    }

    #[test]
    fn a_log_without_end_is_not_kept() {
        let mut log = Log::default();
        for _ in 0..100 {
            log.take(&[b'x'; 64 << 10]);
        }
        assert!(log.held.len() <= MOST);
        (0..10_000).for_each(|_| log.take(b"a complaint of some length\n"));
        assert!(log.bytes <= MOST);
    }
}
