;; A hundred thousand functions.
;;; host-memory: 536870912
;;; repeat 100000: (func $f{i})
