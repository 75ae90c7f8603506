;; No memory of it is too large, but all together are.
;;; repeat 10: (memory $more{i} 40)
