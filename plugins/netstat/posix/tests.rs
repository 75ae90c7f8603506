//! Whole captures of `netstat` and `route`.

use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

use crate::{Netstat, RouteTable};

#[test]
fn tables_follow_each_other() {
    let capture = "Active Internet connections (servers and established)\n\
        Proto Recv-Q Send-Q Local Address           Foreign Address         State       User       Inode      PID/Program name    \n\
        tcp6       0      0 ::1:22                  :::*                    LISTEN      root       63129      6492/sshd: kbrazil  \n\
        udp        0      0 0.0.0.0:68              0.0.0.0:*                           0          20830      -\n\
        raw6       0      0 :::58                   :::*                    7           root       7          8/N\n\
        Active UNIX domain sockets (servers and established)\n\
        Proto RefCnt Flags       Type       State         I-Node   PID/Program name     Path\n\
        unix  2      [ ACC ]     STREAM     LISTENING     13851    1/systemd            /run/a b\n\
        unix  3      [ ]         DGRAM                    8971     -                    \n";
    let parsed = parse::<Netstat>(None, capture.as_bytes());
    assert_eq!((parsed.records.len(), &parsed.problems[..]), (5, &[][..]), "{parsed:?}");
    assert!(parsed.records[0].contains(r#""pid":6492,"command":"sshd: kbrazil""#), "{parsed:?}");
    assert!(parsed.records[1].contains(r#""state":null,"user":"0","inode":20830,"pid":null"#), "{parsed:?}");
    assert!(parsed.records[2].contains(r#""state":"7""#), "{parsed:?}");
    assert!(parsed.records[3].contains(r#""flags":["ACC"],"type":"STREAM","state":"LISTENING","inode":13851"#), "{parsed:?}");
    assert!(parsed.records[3].contains(r#""local_address":"/run/a b""#), "{parsed:?}");
    assert_any_split::<Netstat>(None, capture.as_bytes());
}

#[test]
fn an_address_that_may_be_cut_is_told() {
    let capture = "Proto Recv-Q Send-Q Local Address           Foreign Address         State      \n\
        tcp6       0      0 2001:db8:aaaa:bbbb::1:2 :::*                    LISTEN     \n";
    let parsed = parse::<Netstat>(None, capture.as_bytes());
    assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
}

#[test]
fn statistics_have_their_section_their_name_and_their_number() {
    let capture = "Ip:\n    Forwarding: 2\n    131 total packets received\nIcmp:\n    ICMP input histogram:\n        echo requests: 3\n    0 ICMP messages sent\n\
        TcpExt:\n    Quick ack mode was activated 5 times\n    3 of 4 packets\n    TCPLoss 9\n";
    let parsed = parse::<Netstat>(None, capture.as_bytes());
    assert_eq!(
        parsed.records,
        [
            r#"{"kind":"statistic","section":"Ip","heading":null,"name":"Forwarding","count":2}"#,
            r#"{"kind":"statistic","section":"Ip","heading":null,"name":"total packets received","count":131}"#,
            r#"{"kind":"statistic","section":"Icmp","heading":"ICMP input histogram","name":"echo requests","count":3}"#,
            r#"{"kind":"statistic","section":"Icmp","heading":null,"name":"ICMP messages sent","count":0}"#,
            r#"{"kind":"statistic","section":"TcpExt","heading":null,"name":"Quick ack mode was activated N times","count":5}"#,
        ]
    );
    assert_eq!(parsed.problems.len(), 2, "{parsed:?}");
}

#[test]
fn titles_of_connections_that_are_none_are_no_error() {
    let capture = b"Active Internet connections\nProto Recv-Q Send-Q  Local Address          Foreign Address        (state)\nudp4       0      0  *.514                  *.*\n\
        Active Multipath Internet connections\nProto/ID  Flags      Local Address          Foreign Address        (state)\n";
    let parsed = parse::<Netstat>(None, capture);
    assert_eq!((parsed.records.len(), &parsed.problems[..]), (1, &[][..]), "{parsed:?}");
}

#[test]
fn verbose_macos_names_the_process() {
    let capture = "Active Internet connections (including servers)\n\
        Proto Recv-Q Send-Q  Local Address  Foreign Address  (state)  rhiwat shiwat    pid   epid  state    options\n\
        tcp4       0      0  192.0.2.5.523  192.0.2.9.5223   ESTABLISHED 131072 131768    345      7 0x0102 0x00000020\n\
        udp4       0      0  *.*            *.*                          196724   9216    345      0 0x0100 0x00000000\n\
        udp4       0      0  *.*            *.*                          196724   9216    345      0 0x0100\n";
    let parsed = parse::<Netstat>(None, capture.as_bytes());
    assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 1), "{parsed:?}");
    let end = r#""state":"ESTABLISHED","pid":345,"receive_buffer":131072,"send_buffer":131768,"effective_pid":7,"details":{"state":"0x0102","options":"0x00000020"}}"#;
    assert!(parsed.records[0].ends_with(end), "{parsed:?}");
    let capture = "Proto Recv-Q Send-Q  Local Address  Foreign Address  (state)  rhiwat shiwat  process:pid state options\n\
        tcp4       0      0  192.0.2.5.523  192.0.2.9.5223   ESTABLISHED 131072 131768 a b: c:345 00182 00000006\n";
    let parsed = parse::<Netstat>(None, capture.as_bytes());
    assert!(parsed.sound()[0].contains(r#""pid":345,"command":"a b: c""#), "{parsed:?}");
}

#[test]
fn a_protocol_that_does_not_say_its_family_has_none() {
    let family = |title: &str, row: &str| {
        let capture = format!("Proto Recv-Q Send-Q  Local Address          Foreign Address        {title}\n{row}\n");
        let parsed = parse::<Netstat>(None, capture.as_bytes());
        let (_, after) = parsed.sound()[0].split_once(r#""transport_protocol":"#).unwrap_or_default();
        after.split_once(r#","receive_queue""#).unwrap_or_default().0.to_owned()
    };
    assert_eq!(family("(state)", "tcp4 0 0 *.22 *.* LISTEN"), r#""tcp","network_protocol":"ipv4""#);
    assert_eq!(family("(state)", "udp46 0 0 *.53 *.*"), r#""udp","network_protocol":"ipv6""#);
    for unsaid in ["tcp", "div"] {
        assert_eq!(family("(state)", &format!("{unsaid} 0 0 *.* *.*")), format!(r#""{unsaid}""#));
    }
    assert_eq!(family("TCP-State", "tcp 0 0 *.22 *.* LISTEN"), r#""tcp","network_protocol":"ipv4""#);
    assert_eq!(family("State", "tcp 0 0 0.0.0.0:22 0.0.0.0:* LISTEN"), r#""tcp","network_protocol":"ipv4""#);
    assert_eq!(family("State", "mystery 0 0 0.0.0.0:22 0.0.0.0:*"), r#""mystery""#);
}

#[test]
fn openbsd_has_a_title_of_its_own_for_states() {
    let capture = "Active Internet connections (including servers)\n\
        Proto   Recv-Q Send-Q  Local Address          Foreign Address        TCP-State\n\
        tcp          0      0  192.0.2.5.22           192.0.2.9.51234        ESTABLISHED\n\
        udp          0      0  *.514                  *.*                   \n";
    let parsed = parse::<Netstat>(None, capture.as_bytes());
    assert!(parsed.sound()[0].contains(r#""local_address":"192.0.2.5","local_port":22,"#), "{parsed:?}");
    assert!(parsed.sound()[0].contains(r#""state":"ESTABLISHED""#), "{parsed:?}");
    assert!(parsed.sound()[1].contains(r#""local_port":514,"remote_address":"*""#), "{parsed:?}");
}

#[test]
fn routes_of_other_systems_have_their_titles() {
    let openbsd = "Routing tables\n\nInternet:\n\
        Destination        Gateway            Flags   Refs      Use   Mtu  Prio Iface\n\
        default            192.0.2.1          UGS        5     1234     -     8 vio0 \n\
        192.0.2/24         192.0.2.5          UCn        1        0     -     4 vio0 \n\
        192.0.2.1          fe:e1:ba:d1:00:01  UHLch      1       11     -     3 vio0 \n";
    let parsed = parse::<Netstat>(None, openbsd.as_bytes());
    assert!(parsed.sound()[2].contains(r#""flags":["UP","HOST","LLINFO"],"priority":3,"#), "{parsed:?}");
    let freebsd = "Routing tables\n\nInternet:\nDestination        Gateway            Flags   Nhop#    Mtu      Netif Expire\n\
        default            10.0.2.2           UGS         3   1500        em0\n";
    let parsed = parse::<Netstat>(None, freebsd.as_bytes());
    assert!(parsed.sound()[0].contains(r#""next_hop_index":3,"interface":"em0","mtu":1500"#), "{parsed:?}");
    let netbsd = "Internet:\nDestination        Gateway            Flags    Refs      Use    Mtu Interface\n\
        10/8               link#1             UC          -        -      -  wm0\n";
    let parsed = parse::<Netstat>(None, netbsd.as_bytes());
    assert!(parsed.sound()[0].contains(r#""flags":["UP","CLONING"],"#), "{parsed:?}");
    let linux =
        "Kernel IPv6 routing table\nDestination      Next Hop    Flag Met Ref Use If\n[::]/0    [::]     !n   -1  1     0 lo\n";
    let parsed = parse::<Netstat>(None, linux.as_bytes());
    assert!(parsed.sound()[0].contains(r#""destination":"::/0","gateway":"::""#), "{parsed:?}");
    let rejects = "Kernel IP routing table\nDestination     Gateway         Genmask         Flags   MSS Window  irtt Iface\n\
        10.0.0.0        -               255.0.0.0       !         - -          - -\n";
    let parsed = parse::<Netstat>(None, rejects.as_bytes());
    assert!(parsed.sound()[0].ends_with(r#""flags":["REJECT"]}"#), "{parsed:?}");
}

#[test]
fn an_alias_has_no_statistics() {
    let capture = "Kernel Interface table\n\
        Iface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n\
        eth0:1           1500     - no statistics available -                        BMRU\n";
    let parsed = parse::<Netstat>(None, capture.as_bytes());
    assert_eq!(parsed.sound(), [r#"{"kind":"interface","interface":"eth0:1","mtu":1500,"interface_flags":"BMRU"}"#]);
}

#[test]
fn what_stands_below_a_broken_heading_is_not_of_the_one_above() {
    let capture = "Ip:\n    Forwarding: 2\nIcmp\n    7 messages received\nIcmp6:\n    input histogram\n        echo requests: 4\n    8 sent\n";
    let parsed = parse::<Netstat>(None, capture.as_bytes());
    assert_eq!((parsed.records.len(), parsed.problems.len()), (2, 4), "{parsed:?}");
}

#[test]
fn a_table_without_its_caption_is_of_no_known_family() {
    let titles = "Destination        Gateway            Flags  Netif Expire\n";
    let capture =
        format!("Routing tables\n\nInternet:\n{titles}default  10.0.2.2  UGS  em0\n\nInternet6\n{titles}::/96  ::1  UGRS  lo0\n");
    let parsed = parse::<Netstat>(None, capture.as_bytes());
    assert!(parsed.records[0].contains(r#""family":"inet""#), "{parsed:?}");
    assert!(parsed.records[1].contains(r#""family":null"#), "{parsed:?}");
}

#[test]
fn the_second_heading_of_icmp6_stands_deeper() {
    let capture = "Icmp6:\n    1 ICMP messages received\n    ICMP input histogram:\n        echo requests: 4\n        \
        ICMP output histogram:\n        echo requests: 5\n";
    let parsed = parse::<Netstat>(None, capture.as_bytes());
    assert!(parsed.sound()[2].contains(r#""heading":"ICMP output histogram","name":"echo requests","count":5"#), "{parsed:?}");
}

#[test]
fn other_input_is_unrecognised() {
    assert_unrecognised::<Netstat>([
        "Active Connections\n\n  Proto  Local Address          Foreign Address        State\n",
        "hello\n",
        "Ip:\nForwarding: 2\n",
        "ip:\n\t5 packets received\n",
        "Active Internet connections\n",
        "",
    ]);
    assert_unrecognised::<RouteTable>(["hello\n", "Destination\n", "default 1.2.3.4 U 0 0 eth0\n", ""]);
}

#[test]
fn a_line_without_flags_is_no_route() {
    let capture = b"Routing tables\n\nInternet:\nDestination        Gateway            Flags        Netif Expire\n\
        default            192.0.2.1          UGSc           en0\nx 12 34: foo\n";
    let parsed = parse::<Netstat>(None, capture);
    assert_eq!((parsed.records.len(), parsed.problems.len()), (1, 1), "{parsed:?}");
}
