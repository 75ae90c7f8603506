;; A name that is not in snake case.
(data $second_field (i32.const 4544) "a-b!")
