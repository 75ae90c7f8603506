;; Ten thousand blocks, one in another.
(func $deep
;;; repeat 10000: (block
;;; repeat 10000: )
)
