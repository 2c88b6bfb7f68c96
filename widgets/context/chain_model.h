#pragma once

#include "core/capture/chain.h"
#include "core/capture/map_choice.h"
#include "widgets/context/selection_model.h"

#include <QObject>
#include <QString>

#include <memory>
#include <optional>

namespace heedmap {

/// The chain from a spoken question to the shown capture (core/capture/chain.h): which words of the question come from
/// which sound, and what one place of it means for all others. Made on a worker as soon as both captures are there, and
/// again when another head is looked at: of the shown capture the map that is shown, where its queries are the question
/// and its keys a picture, else the map a chain takes by itself; of the speech soundMap(). A chain that was opened is
/// taken as it is where its own head is looked at, and keeps its texts when others are. Lives in the GUI thread.
class ChainModel : public QObject
{
    Q_OBJECT

public:
    explicit ChainModel(SelectionModel& selection, QObject* parent = nullptr);

    /// Null: nothing was spoken, the captures share no text (reason() says so), or it is on its way.
    const std::shared_ptr<const Chain>& chain() const { return m_chain; }
    QString reason() const { return m_reason; }

    /// The map of the speech's words onto its sound; absent without a speech, and until it is known. It stays when
    /// there is no chain.
    const std::optional<MapChoice>& soundMap() const { return m_soundMap; }
    void setSoundMap(const MapChoice& map);

    /// What is pointed at in the speech: a moment as key, a word as query, by its own axes. Transient.
    const Hover& speechHover() const { return m_speechHover; }
    void setSpeechHover(const Hover& hover);
    bool isPointingAtSpeech() const { return m_speechHover != Hover(); }

    /// What speechHover() means on the chain; without one selectedPlace().
    ChainPlace place() const;
    /// What the selection's hover means on the chain, then its kept patch or word.
    ChainPlace selectedPlace() const;
    /// Of place(); absent without chain or place. Worked out once.
    const std::optional<ChainReading>& reading() const;

signals:
    void chainChanged(); ///< or soundMap()
    void speechHoverChanged();

private:
    /// What a chain is made of.
    struct Source
    {
        std::shared_ptr<const Capture> speech;
        std::shared_ptr<const Capture> asked;
        std::optional<MapChoice> soundMap;
        std::optional<MapChoice> askedMap;
        std::shared_ptr<const Chain> opened = nullptr; ///< null where it is of others
        bool operator==(const Source&) const = default;
    };
    struct Made
    {
        std::shared_ptr<const Chain> chain;
        std::optional<MapChoice> soundMap;
        QString reason;
    };
    static Made make(const Source& source);
    static Made remake(const Source& source);
    Source wanted() const;
    void update();
    void start();
    void take(const Made& made);
    ChainPlace placeOfSpeech() const;

    SelectionModel& m_selection;
    Source m_source; ///< of m_chain, or of what is being made
    bool m_making = false;
    bool m_isMade = false; ///< m_chain, or the reason why there is none, is of m_source
    std::shared_ptr<const Chain> m_chain;
    QString m_reason;
    std::optional<MapChoice> m_soundMap;
    Hover m_speechHover;
    mutable std::optional<ChainPlace> m_readPlace; ///< of m_reading
    mutable std::optional<ChainReading> m_reading;
};

} // namespace heedmap
