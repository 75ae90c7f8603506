;; A function that the compiler takes minutes for.
;;; limits: compile-millis = 200
;;; host-memory: 536870912
(func $slow (param $a i32) (param $b i32) (param $c i32) (param $d i32) (result i32)
;;; repeat 60000: (if (i32.eqz (local.tee $a (i32.add (local.get $b) (i32.mul (local.get $c) (i32.const {i}))))) (then (local.set $b (i32.xor (local.get $d) (local.get $a))) (local.set $c (local.get $d)))) (local.set $d (i32.sub (local.get $b) (local.get $c)))
(local.get $a))
