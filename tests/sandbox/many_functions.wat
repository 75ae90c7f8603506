;; A hundred thousand functions.
;;; host-memory: 536870912
;;; limits: compile-millis = 50
;;; repeat 100000: (func $f{i})
