#include "app/verbs/interrupt_watch.h"

#include <csignal>

namespace heedmap {

namespace {

volatile std::sig_atomic_t g_interrupted = 0;

} // namespace

InterruptWatch::InterruptWatch()
{
    g_interrupted = 0;
    m_interrupt = std::signal(SIGINT, [](int) { g_interrupted = 1; });
    m_terminate = std::signal(SIGTERM, [](int) { g_interrupted = 1; });
}

InterruptWatch::~InterruptWatch()
{
    std::signal(SIGINT, m_interrupt);
    std::signal(SIGTERM, m_terminate);
}

bool InterruptWatch::interrupted() const
{
    return g_interrupted != 0;
}

} // namespace heedmap
