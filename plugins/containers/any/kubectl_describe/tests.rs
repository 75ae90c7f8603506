//! What `kubectl describe` prints, whole and broken.

use outparse_sdk::testing::{assert_any_split, assert_unrecognised, parse};

use crate::KubectlDescribe;

const POD: &str = "Name:             web\nNamespace:        shop\nLabels:           app=web\n                  tier=front\nAnnotations:      example.org/note: front door: blue\n                  example.org/json:\n                    {\"a\":\n                    1}\nIPs:\n  IP:           10.1.0.7\n  IP:           fd00::7\nContainers:\n  web:\n    Port:          <none>\n    Args:\n      --level\n      a:  b\n    State:          Waiting\n      Reason:       BackOff\n    Environment:\n      EMPTY:   \n      NEXT:    1\nConditions:\n  Type              Status\n  Ready             False \nTolerations:     a:NoExecute op=Exists\n                 b:NoExecute op=Exists\nEvents:\n  Type     Reason   Age                 From     Message\n  ----     ------   ----                ----     -------\n  Normal   Pulled   5m1s (x5 over 32m)  kubelet  a: \"b\"\n  Warning  BackOff  3d                  kubelet  c  d\n";

#[test]
fn an_object_is_a_record_with_its_values_by_the_names_above_them() {
    let parsed = parse::<KubectlDescribe>(None, POD.as_bytes());
    assert_eq!(
        parsed.sound(),
        [
            r#"{"kind":"row","name":"web","namespace":"shop","section":"Conditions","cells":{"Type":"Ready","Status":"False"}}"#,
            r#"{"kind":"event","name":"web","namespace":"shop","type":"Normal","reason":"Pulled","last_seen":301,"count":5,"first_seen":1920,"from":"kubelet","message":"a: \"b\""}"#,
            r#"{"kind":"event","name":"web","namespace":"shop","type":"Warning","reason":"BackOff","last_seen":259200,"count":1,"from":"kubelet","message":"c  d"}"#,
            r#"{"kind":"object","name":"web","namespace":"shop","labels":{"app":"web","tier":"front"},"annotations":{"example.org/note":"front door: blue","example.org/json":"{\"a\":\n1}"},"values":{"IPs > IP":"10.1.0.7","IPs > IP (2)":"fd00::7","Containers > web > Port":null,"Containers > web > Args":"--level","Containers > web > Args (2)":"a:  b","Containers > web > State":"Waiting","Containers > web > State > Reason":"BackOff","Containers > web > Environment > EMPTY":null,"Containers > web > Environment > NEXT":"1","Tolerations":"a:NoExecute op=Exists","Tolerations (2)":"b:NoExecute op=Exists"}}"#,
        ]
    );
    assert_any_split::<KubectlDescribe>(None, format!("{POD}\n\n{POD}").as_bytes());
    assert_unrecognised::<KubectlDescribe>(["hello\n", "NAME  READY\n", " Name: x\n", ""]);
}

#[test]
fn what_stands_below_a_line_without_a_name_is_of_no_other() {
    let parsed = parse::<KubectlDescribe>(None, POD.replace("  web:\n", "  web\n").as_bytes());
    assert!(!format!("{:?}", parsed.records).contains("Waiting"), "{parsed:?}");
    assert_eq!(parsed.problems.len(), 1, "{parsed:?}");
    let parsed = parse::<KubectlDescribe>(None, POD.replace("Containers:\n", "Containers\n").as_bytes());
    assert!(!format!("{:?}", parsed.records).contains("Waiting"), "{parsed:?}");
    assert_eq!(parsed.problems.len(), 1, "{parsed:?}");
}

#[test]
fn what_a_secret_holds_is_told_and_what_a_map_holds_is_refused() {
    let head = "Name:         a\nLabels:       <none>\n\n";
    let secret =
        parse::<KubectlDescribe>(None, format!("{head}Type:  Opaque\n\nData\n====\npassword:  6 bytes\n\n\n{head}").as_bytes());
    assert_eq!(secret.sound().len(), 2, "{secret:?}");
    secret.has(0, &[r#""values":{"Type":"Opaque","Data > password":"6 bytes"}"#]);
    let map = parse::<KubectlDescribe>(None, format!("{head}Data\n====\nb:\n----\nName:  x\n").as_bytes());
    assert_eq!(map.records.len(), 1, "{map:?}");
    assert!(map.failure.is_some_and(|failure| failure.contains("kubectl get -o json")));
}

#[test]
fn a_name_that_cannot_be_read_gives_its_value_to_no_other() {
    let values = |text: &str| {
        let parsed = parse::<KubectlDescribe>(None, text.as_bytes());
        (parsed.records.len(), parsed.problems.len(), format!("{:?}", parsed.records.last()).matches("80/TCP").count())
    };
    let service = "Name:     a\nIP:       1.2.3.4\nPort:     80/TCP\nType:     x\n";
    assert_eq!(values(service), (1, 0, 1));
    assert_eq!(values(&service.replace("Port:", "     ")), (1, 1, 0));
    assert_eq!(values(&service.replace("Port:", "Port ")), (1, 1, 0));
    // Of two objects.
    let second = service.replace("Name:  ", "Names  ").replace("80/TCP", "81/TCP");
    assert_eq!(values(&format!("{service}\n\n{second}\n\n{service}")), (2, 1, 1));
}

#[test]
fn what_a_program_is_told_may_have_any_lines() {
    let capture = "Name:  a\nContainers:\n  web:\n    Command:\n      sh\n      --\n      if x:  then\n        y:\n      \n      fi\n    Ready:  True\n";
    let parsed = parse::<KubectlDescribe>(None, capture.as_bytes());
    assert!(
        parsed.sound()[0].ends_with(
            r#""values":{"Containers > web > Command":"sh","Containers > web > Command (2)":"--","Containers > web > Command (3)":"if x:  then","Containers > web > Command (4)":"  y:","Containers > web > Command (5)":"","Containers > web > Command (6)":"fi","Containers > web > Ready":"True"}}"#
        ),
        "{parsed:?}"
    );
}

#[test]
fn a_variable_may_have_further_lines() {
    let capture = "Name:  a\nContainers:\n  web:\n    Environment:\n      TEXT:      one\n                 \n                 three:  x\n      NEXT:      1\n";
    let parsed = parse::<KubectlDescribe>(None, capture.as_bytes());
    parsed
        .has(0, &[r#""Containers > web > Environment > TEXT":"one\n\nthree:  x","Containers > web > Environment > NEXT":"1"}"#]);
    assert_eq!(parsed.problems.len(), 1, "{parsed:?}");
}

#[test]
fn an_annotation_that_is_cut_is_told() {
    let capture = format!("Name:  a\nAnnotations:  b:\n                {}...\nStatus:  x\n", "c".repeat(138));
    let parsed = parse::<KubectlDescribe>(None, capture.as_bytes());
    assert_eq!(parsed.problems, ["warning: line 3, column 17: this annotation is cut"]);
    parsed.has(0, &[r#""values":{"Status":"x"}"#, "ccc..."]);
}

#[test]
fn a_name_in_the_middle_begins_no_object() {
    let parsed = parse::<KubectlDescribe>(None, b"Name:  a\nName:  b\nPort:  1\nPort:  2\n");
    parsed.has(0, &[r#""name":"a""#, r#""values":{"Name":"b","Port":"1","Port (2)":"2"}"#]);
    assert_eq!(parsed.records.len(), 1, "{parsed:?}");
}
