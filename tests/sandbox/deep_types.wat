;; Types within types, in a component that is nothing else.
;;; make: component
(component
(type $t0 (list u8))
(type $t1 (list $t0))
;;; repeat 2000: (type (list {i}))
)
