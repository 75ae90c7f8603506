;; The same, in the middle of a capture that comes in many pieces.
;;; lines: 40000
(func $feed (param $first_line i64) (result i32)
  (if (i64.gt_u (local.get $first_line) (i64.const 20000)) (then unreachable))
  (i32.const 2048))
