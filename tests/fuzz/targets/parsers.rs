//! Every bundled parser, natively. The first byte picks the parser, the first line has the arguments (none when it is empty), and
//! the rest is the capture, which must give the same in one piece and line by line.

#![no_main]

use libfuzzer_sys::fuzz_target;
use outparse_sdk::Parser;
use outparse_sdk::testing::{parse, parse_pieces};

macro_rules! parsers {
    ($($parser:path),* $(,)?) => { &[$(check::<$parser>),*] };
}

/// In the order of `seeds.sh`.
const PARSERS: &[fn(Option<&[&str]>, &[u8])] = parsers![
    outparse_df_bsd::Df,
    outparse_df_busybox::Df,
    outparse_df_gnu::Df,
    outparse_env_posix::Env,
    outparse_free_linux::Free,
    outparse_id_posix::Id,
    outparse_ls_posix::Ls,
    outparse_lsmod_linux::Lsmod,
    outparse_mount_aix::MountTable,
    outparse_mount_posix::MountList,
    outparse_ping_posix::Ping,
    outparse_ps_posix::Ps,
    outparse_tr_posix::Tr,
    outparse_uname_posix::Uname,
    outparse_uptime_posix::Up,
    outparse_w_posix::W,
    outparse_wc_posix::Wc,
    outparse_who_posix::Who,
];

fuzz_target!(|input: &[u8]| {
    let Some((&parser, rest)) = input.split_first() else { return };
    let mut parts = rest.splitn(2, |&byte| byte == b'\n');
    let (Some(arguments), Some(capture)) = (parts.next(), parts.next()) else { return };
    let arguments = String::from_utf8_lossy(arguments);
    let words: Vec<&str> = arguments.split(' ').collect();
    let command = (!arguments.is_empty()).then_some(&words[..]);
    PARSERS[parser as usize % PARSERS.len()](command, capture);
});

fn check<P: Parser>(command: Option<&[&str]>, capture: &[u8]) {
    let whole = parse::<P>(command, capture);
    let lines = parse_pieces::<P>(command, capture.split_inclusive(|&byte| byte == b'\n'));
    // How many records came before a failure depends on how the capture was cut.
    if whole.failure.is_none() && lines.failure.is_none() {
        assert_eq!(whole, lines, "in one piece, and line by line");
    }
    assert_eq!(whole.failure, lines.failure, "in one piece, and line by line");
}
