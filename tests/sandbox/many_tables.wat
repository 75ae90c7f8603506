;; It has more tables than any toolchain makes.
;;; repeat 90: (table $table{i} 1 funcref)
