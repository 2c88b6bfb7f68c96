#pragma once

namespace heedmap {

/// While it lives, Ctrl+C and SIGTERM only set a flag, which the work looks at: nothing is done in the handler. One at
/// a time.
class InterruptWatch
{
public:
    InterruptWatch();
    ~InterruptWatch();
    InterruptWatch(const InterruptWatch&) = delete;
    InterruptWatch& operator=(const InterruptWatch&) = delete;

    bool interrupted() const;

private:
    void (*m_interrupt)(int);
    void (*m_terminate)(int);
};

} // namespace heedmap
