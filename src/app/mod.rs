//! The shell: gallery, router, settings in the URL, health banner.
