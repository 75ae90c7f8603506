;; No table of it is too large, but all together are.
;;; repeat 30: (table $table{i} 100000 funcref)
