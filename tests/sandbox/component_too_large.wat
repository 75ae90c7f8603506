;; Larger than a component may be.
;;; limits: component = 500
