//! Asking for memory before it is needed.

/// Have the start of a value brought into the cache while other work goes on; any address will do.
///
/// It costs about as much as an addition, and has no effect but on time.
#[inline]
pub fn prefetch<T: ?Sized>(value: *const T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};

        // SAFETY: every x86-64 processor has SSE, and a prefetch neither faults nor changes what
        // the program can see, whatever the address is.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(value.cast()) };
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: a prefetch neither faults nor changes what the program can see, whatever the address
    // is; it leaves the flags and the stack alone.
    unsafe {
        std::arch::asm!(
            "prfm pldl1keep, [{value}]",
            value = in(reg) value.cast::<u8>(),
            options(nostack, preserves_flags, readonly),
        );
    }
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let _ = value;
}
