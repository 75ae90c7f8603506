use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

use super::Table;

fn records(capture: &str) -> Vec<String> {
    parse::<Table>(None, capture.as_bytes()).sound().to_vec()
}

#[test]
fn titles_name_the_fields_and_columns_have_types() {
    let capture = "NAME       READY   STATUS    RESTARTS   AGE\nweb-0      1/1     Running   0          5d\nweb-1-b2   0/1     Pending   12         3h12m\n";
    assert_eq!(
        records(capture),
        [
            r#"{"name":"web-0","ready":"1/1","status":"Running","restarts":0,"age":432000}"#,
            r#"{"name":"web-1-b2","ready":"0/1","status":"Pending","restarts":12,"age":11520}"#
        ]
    );
}

#[test]
fn a_blank_cell_is_null_and_titles_may_have_two_words() {
    let capture = "CONTAINER ID   IMAGE    PORTS     Mounted on\n0123456789ab   nginx    80/tcp    /\nba9876543210   redis              /b c\n";
    assert_eq!(
        records(capture),
        [
            r#"{"container_id":"0123456789ab","image":"nginx","ports":"80/tcp","mounted_on":"/"}"#,
            r#"{"container_id":"ba9876543210","image":"redis","mounted_on":"/b c"}"#
        ]
    );
}

#[test]
fn values_that_stand_right_belong_to_a_title_of_two_words() {
    let capture = "State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\nLISTEN 0      128          0.0.0.0:22        0.0.0.0:*          \nLISTEN 0      4096       127.0.0.1:631       0.0.0.0:*          \n";
    assert_eq!(
        records(capture)[0],
        r#"{"state":"LISTEN","recv_q":0,"send_q":128,"local_address_port":"0.0.0.0:22","peer_address_port":"0.0.0.0:*"}"#
    );
}

#[test]
fn a_title_may_begin_where_another_ends() {
    let capture = "State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\nLISTEN 0      128          0.0.0.0:22        0.0.0.0:*    users:((\"sshd\",pid=1,fd=3))\nLISTEN 0      4096       127.0.0.1:631       0.0.0.0:*          \n";
    assert_eq!(
        records(capture),
        [
            r#"{"state":"LISTEN","recv_q":0,"send_q":128,"local_address_port":"0.0.0.0:22","peer_address_port":"0.0.0.0:*","process":"users:((\"sshd\",pid=1,fd=3))"}"#,
            r#"{"state":"LISTEN","recv_q":0,"send_q":4096,"local_address_port":"127.0.0.1:631","peer_address_port":"0.0.0.0:*"}"#
        ]
    );
}

#[test]
fn a_sentence_above_the_table_is_no_titles() {
    let parsed = parse::<Table>(
        None,
        b"Kernel Interface table\nIface      MTU    RX-OK\neth0      1400   173902\nlo       65536  2383901\n",
    );
    assert_eq!(parsed.records[0], r#"{"iface":"eth0","mtu":1400,"rx_ok":173902}"#);
    assert_eq!(parsed.problems, ["warning: line 1, this line above the table is no part of it"]);
    let parsed = parse::<Table>(None, b"Kernel IP routing table\n\nDestination     Gateway\n0.0.0.0         192.0.2.1\n");
    assert_eq!(parsed.records, [r#"{"destination":"0.0.0.0","gateway":"192.0.2.1"}"#]);
    assert_eq!(records("Name of it\na    b  c\nx    y  z\n")[0], r#"{"name":"a","of":"b","it":"c"}"#);
}

#[test]
fn sizes_with_bare_letters_are_a_guess_and_percentages_none() {
    let parsed = parse::<Table>(None, b"NAME  SIZE  USE%\nsda   8G    12%\nsdb   512M  7.5%\n");
    assert_eq!(parsed.records[0], r#"{"name":"sda","size":8589934592,"use_percent":12}"#);
    assert_eq!(parsed.problems, ["warning: `size`: sizes with a bare letter are taken for powers of 1024, which is a guess"]);
}

#[test]
fn pairs_are_one_record_and_blocks_several() {
    assert_eq!(
        records("Architecture:        x86_64\nCPU(s):              2\nModel name:          a b: c\n"),
        [r#"{"architecture":"x86_64","cpu_s":2,"model_name":"a b: c"}"#]
    );
    assert_eq!(records("a=1\nb=x\n\na=2\n"), [r#"{"a":1,"b":"x"}"#, r#"{"a":2}"#]);
    assert_eq!(
        records("NAME=\"sda\" SIZE=\"8\"\nNAME=\"sdb 1\" SIZE=\"\"\n"),
        [r#"{"name":"sda","size":8}"#, r#"{"name":"sdb 1"}"#]
    );
}

#[test]
fn comma_separated_values_have_a_header() {
    assert_eq!(
        records("a,b c,d\n1,\"x, \"\"y\"\"\",\n2,z,007\n"),
        [r#"{"a":1,"b_c":"x, \"y\""}"#, r#"{"a":2,"b_c":"z","d":"007"}"#]
    );
}

#[test]
fn what_overflows_its_column_is_read_by_its_words_or_is_a_problem() {
    let capture = "NAME   SIZE  OWNER\na-name-too-long 12 alex\nb      7     jo\nc c-which-is-long 9 x y\n";
    let parsed = parse::<Table>(None, capture.as_bytes());
    assert_eq!(
        parsed.records,
        [r#"{"name":"a-name-too-long","size":12,"owner":"alex"}"#, r#"{"name":"b","size":7,"owner":"jo"}"#]
    );
    assert_eq!(parsed.problems.len(), 1, "{parsed:?}");
    assert!(parsed.problems[0].starts_with("error: line 4, expected 3 columns"), "{parsed:?}");
}

#[test]
fn bars_between_columns_are_no_part_of_them() {
    assert_eq!(
        records(" id | name  | note\n----+-------+------\n  1 | a b   |\n 12 | c     | x\n"),
        [r#"{"id":1,"name":"a b"}"#, r#"{"id":12,"name":"c","note":"x"}"#]
    );
    let two = "Inter-|   Receive      |  Transmit\n face |bytes  packets|bytes packets\n    lo: 1 2 3 4\n";
    assert!(parse::<Table>(None, two.as_bytes()).failure.is_some());
}

#[test]
fn any_split_into_lines_gives_the_same_records() {
    assert_any_split::<Table>(None, b"A  B\n1  2\n\n3\n");
}

#[test]
fn what_is_no_table_is_refused() {
    assert_unrecognised::<Table>(["", "\n", "one\ntwo\n", "hello there\n"]);
}
